/** Text with blocks between BEGIN and END lines (RFC 7468), as editors, mail programs and other systems left it. */
import { type Bytes, fromBase64 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { Refusal } from "./refusal.ts";

export interface Block {
  readonly label: string;
  /** The decoded bytes; null where they are not base64. */
  readonly der: Bytes | null;
}

const BEGIN = "-----BEGIN ";
const DASHES = "-----";

/** The blocks in `content`, ignoring the text around them. Throws Refusal for one that does not end, or too many. */
export function blocksIn(content: Bytes): Block[] {
  const text = ascii(content);
  const blocks: Block[] = [];
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at)) {
    const labelEnd = text.indexOf(DASHES, at + BEGIN.length);
    const label = text.slice(at + BEGIN.length, Math.max(labelEnd, 0));
    const endLine = `-----END ${label}${DASHES}`;
    const end = labelEnd < 0 ? -1 : text.indexOf(endLine, labelEnd);
    if (end < 0 || blocks.length === LIMITS.pemBlocks) throw new Refusal("FILE_UNREADABLE");
    blocks.push({ label, der: decoded(text.slice(labelEnd + DASHES.length, end)) });
    at = end + endLine.length;
  }
  return blocks;
}

/** The decoded bytes of a text that is base64 and nothing else; null for others. */
export function bareBase64(content: Bytes): Bytes | null {
  const text = ascii(content);
  return decoded(text.startsWith("ï»¿") ? text.slice(3) : text);
}

function decoded(text: string): Bytes | null {
  return fromBase64(text.replace(/[ \t\r\n\v\f]+/g, ""));
}

/** One character a byte; Windows editors save as UTF-16, which starts with a mark. */
function ascii(content: Bytes): string {
  const mark = `${content[0]} ${content[1]}`;
  if (mark === "255 254") return new TextDecoder("utf-16le").decode(content);
  if (mark === "254 255") return new TextDecoder("utf-16be").decode(content);
  let text = "";
  for (let at = 0; at < content.length; at += 8192) text += String.fromCharCode(...content.subarray(at, at + 8192));
  return text;
}
