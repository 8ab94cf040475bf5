/** The browser's passkeys: between the contract's JSON and WebAuthn's bytes. */
import type { Challenge, CreationOptions } from "@registrar/sdk";
import type { PasskeyProblem } from "./errors.ts";

type Asked = NonNullable<Challenge["asked"]["passkey"]>;
type Made<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: PasskeyProblem };

export function passkeysWork(): boolean {
  return typeof PublicKeyCredential !== "undefined";
}

export interface Assertion {
  readonly credential_id: string;
  readonly authenticator_data: string;
  readonly client_data_json: string;
  readonly signature: string;
}

export async function usePasskey(asked: Asked, signal: AbortSignal): Promise<Made<Assertion>> {
  return attempt(async () => {
    const credential = (await navigator.credentials.get({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        allowCredentials: asked.allowCredentials.map((each) => ({ ...each, id: bytes(each.id) })),
      },
      signal,
    })) as PublicKeyCredential;
    const response = credential.response as AuthenticatorAssertionResponse;
    return {
      credential_id: base64(credential.rawId),
      authenticator_data: base64(response.authenticatorData),
      client_data_json: base64(response.clientDataJSON),
      signature: base64(response.signature),
    };
  });
}

export interface Attestation {
  readonly client_data_json: string;
  readonly attestation_object: string;
}

export async function makePasskey(options: CreationOptions, signal: AbortSignal): Promise<Made<Attestation>> {
  return attempt(async () => {
    const credential = (await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: options.excludeCredentials.map((each) => ({ ...each, id: bytes(each.id) })),
      },
      signal,
    })) as PublicKeyCredential;
    const response = credential.response as AuthenticatorAttestationResponse;
    return {
      client_data_json: base64(response.clientDataJSON),
      attestation_object: base64(response.attestationObject),
    };
  });
}

async function attempt<T>(step: () => Promise<T>): Promise<Made<T>> {
  if (!passkeysWork()) return { ok: false, error: { kind: "passkey", reason: "unsupported" } };
  try {
    return { ok: true, value: await step() };
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    const reason =
      name === "InvalidStateError" ? "known" : name === "NotSupportedError" ? "unsupported" : "cancelled";
    return { ok: false, error: { kind: "passkey", reason } };
  }
}

function bytes(websafe: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(websafe.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

export function base64(content: ArrayBuffer | Uint8Array): string {
  return btoa(Array.from(new Uint8Array(content), (byte) => String.fromCharCode(byte)).join(""));
}
