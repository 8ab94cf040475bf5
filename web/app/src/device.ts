/** Work with files and keys, in a worker: the page stays responsive whatever a file holds. */
import { inWorker } from "@registrar/sdk";
import workerAddress from "@registrar/sdk/worker.min.js?url";

interface Policy {
  createScriptURL(address: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy;
}

// The one address of a script that this page ever makes.
const rules: Policy = {
  createScriptURL(address) {
    if (address !== workerAddress) throw new TypeError("not the worker of this page");
    return address;
  },
};
const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
const policy = factory?.createPolicy("registrar-worker", rules) ?? rules;

export const device = inWorker(() => new Worker(policy.createScriptURL(workerAddress), { type: "module" }));
