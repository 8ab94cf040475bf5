import type { Bytes } from "../bytes.ts";

/** Decrypts the block at an offset of `from` to the same offset of `to`. */
export type BlockDecryption = (from: DataView, at: number, to: DataView) => void;

/** CBC mode (NIST SP 800-38A 6.2), decryption: `data` is whole blocks, and padding stays. */
export function cbcDecrypt(blockBytes: number, iv: Uint8Array, data: Uint8Array, decrypt: BlockDecryption): Bytes {
  const plain = new Uint8Array(data.length);
  const from = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const to = new DataView(plain.buffer);
  for (let at = 0; at < data.length; at += blockBytes) {
    decrypt(from, at, to);
    for (let i = 0; i < blockBytes; i += 1) {
      const before = at === 0 ? iv[i] : data[at - blockBytes + i];
      plain[at + i] = (plain[at + i] as number) ^ (before as number);
    }
  }
  return plain;
}

/** The length without PKCS #7 padding (RFC 5652 6.3); null where the last block has none. */
export function unpaddedLength(plain: Uint8Array, blockBytes: number): number | null {
  const last = plain[plain.length - 1] ?? 0;
  if (last < 1 || last > blockBytes || last > plain.length) return null;
  for (let i = plain.length - last; i < plain.length; i += 1) if (plain[i] !== last) return null;
  return plain.length - last;
}
