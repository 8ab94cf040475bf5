// Opens every case in the worker of the built SDK, under a strict policy of the page, and reports how each ended.
import { inWorker, openKey, signCms, signText } from "/sdk.min.js";

const policy = trustedTypes.createPolicy("sdk", { createScriptURL: (address) => address });
const device = inWorker(() => new Worker(policy.createScriptURL("/worker.min.js"), { type: "module" }));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const named = ({ files }) => files.map((file, i) => new File([bytes(file)], ["signCert.der", "signPri.key"][i]));

async function ending(each) {
  if (each.expected.end === "bare") {
    const found = await device.findCertificates(named({ files: each.files.slice(0, 2) }));
    const [candidate] = found.ok ? found.value.candidates : [];
    return { end: candidate ? "bare" : JSON.stringify(found), fingerprint: candidate?.certificate.fingerprint };
  }
  const result = await device.openKey({ files: named(each) }, each.password);
  if (!result.ok) return { end: result.error.kind === "file" ? result.error.code : JSON.stringify(result.error) };
  const { certificate, privateKey, randomNumber } = result.value;
  if (privateKey.extractable) throw new Error("the key can be read");
  return { end: "opened", fingerprint: certificate.fingerprint, random_number: randomNumber && hex(randomNumber) };
}

async function median(runs, step) {
  const times = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  return times.sort((one, other) => one - other)[Math.floor(runs / 2)];
}

/** The key derivation alone, by what the browser itself has: one digest after the other. */
async function bareDerivation() {
  let digest = new Uint8Array(17);
  for (let round = 0; round < 2048; round += 1) digest = await crypto.subtle.digest("SHA-1", digest);
}

/** Where a file was in its folder: it has to survive the way to the worker. */
async function placeOf(pair) {
  const picked = named(pair).map((file) => ({ file, path: `NPKI/USER/${file.name}` }));
  const found = await device.findCertificates(picked);
  return found.value.candidates.map(({ id, folder }) => [id, folder]);
}

async function run() {
  const given = await (await fetch("/cases.json")).json();
  const ended = {};
  for (const each of given.cases) ended[each.name] = await ending(each);
  const pair = given.cases.find(({ name }) => name === "generated pair");
  const opened = await openKey({ files: named(pair) }, pair.password);
  const text = "타기관 인증서 등록\nnonce: 1";
  const signed = { signature: await signText(opened.value, text), cms: await signCms(opened.value, text) };
  // 8 GB that are nowhere: a file made of itself.
  let large = new Blob([new Uint8Array(2 ** 20)]);
  for (let i = 0; i < 13; i += 1) large = new Blob([large, large]);
  const start = performance.now();
  const refused = await device.findCertificates([new File([large], "signCert.der")]);
  const refusingLarge = performance.now() - start;
  const figures = {
    bare: await median(9, bareDerivation),
    opening: await median(99, () => openKey({ files: named(pair) }, pair.password)),
    openingInWorker: await median(99, () => device.openKey({ files: named(pair) }, pair.password)),
    refusingLarge,
  };
  const place = await placeOf(pair);
  return { ended, signed, text, large: large.size, refused: refused.value.refused[0].problem, place, figures };
}

const result = await run().catch((error) => ({ failed: `${error.name}: ${error.message}` }));
await fetch("/result", { method: "POST", body: JSON.stringify(result) });
