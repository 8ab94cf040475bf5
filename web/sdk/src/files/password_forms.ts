/** The encodings of a password that programs derive keys from. */
import { type Bytes, concat, equal } from "../bytes.ts";

/**
 * A password as the bytes that programs made of it, the likeliest first. `octets` for the schemes of PKCS #5: UTF-8,
 * then CP949. `bmp` for those of PKCS #12 (RFC 7292 appendix B.1): UTF-16BE with a zero character, then what OpenSSL
 * before 1.1 wrote, each byte widened to a character.
 */
export interface Password {
  readonly octets: readonly Bytes[];
  readonly bmp: readonly Bytes[];
}

/** The forms of what a customer typed. Overwrite them with `forgetPassword`. */
export function passwordForms(text: string): Password {
  if (text === "") return { octets: [new Uint8Array(0)], bmp: [new Uint8Array(2), new Uint8Array(0)] };
  const octets = distinct([text.isWellFormed() ? utf8(text) : null, cp949(text)]);
  const wide = text.isWellFormed() ? utf16be(text) : null;
  const bmp = distinct([wide, ...octets.map(widened)]).map((form) => concat(form, new Uint8Array(2)));
  return { octets, bmp };
}

export function forgetPassword(password: Password): void {
  for (const form of [...password.octets, ...password.bmp]) form.fill(0);
}

function distinct(forms: readonly (Bytes | null)[]): Bytes[] {
  const kept: Bytes[] = [];
  for (const form of forms) if (form && !kept.some((other) => equal(other, form))) kept.push(form);
  return kept;
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function utf16be(text: string): Bytes {
  return Uint8Array.from({ length: 2 * text.length }, (_, i) => {
    const unit = text.charCodeAt(i >> 1);
    return i % 2 === 0 ? unit >> 8 : unit & 0xff;
  });
}

function widened(octets: Bytes): Bytes {
  return Uint8Array.from({ length: 2 * octets.length }, (_, i) => (i % 2 === 0 ? 0 : (octets[i >> 1] as number)));
}

let encoder: Map<string, readonly number[]> | undefined;

/** `text` in CP949; null where it has characters that CP949 lacks. */
function cp949(text: string): Bytes | null {
  // Every browser decodes CP949, by the name euc-kr, and none encodes it. Node.js decodes the part that is EUC-KR.
  const isAscii = [...text].every((character) => character < "\u0080");
  if (isAscii) return utf8(text);
  encoder ??= inverted();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character < "\u0080" ? [character.charCodeAt(0)] : encoder.get(character);
    if (code === undefined) return null;
    bytes.push(...code);
  }
  return Uint8Array.from(bytes);
}

function inverted(): Map<string, readonly number[]> {
  const decoder = new TextDecoder("euc-kr");
  const found = new Map<string, readonly number[]>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x41; trail <= 0xfe; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (character.length === 1 && character !== "\ufffd" && !found.has(character))
        found.set(character, [lead, trail]);
    }
  }
  return found;
}
