/** Makes guide.html of docs/guide.md: the page links each reason to its place there. */
import { readFileSync } from "node:fs";
import { Marked, type Tokens } from "marked";
import type { Plugin } from "vite";

const SOURCE = new URL("../../../docs/guide.md", import.meta.url);
const STYLE = new URL("./guide.css", import.meta.url);

export function guide(): Plugin {
  return {
    name: "guide",
    apply: "build",
    generateBundle() {
      const source = readFileSync(SOURCE, "utf8");
      this.emitFile({ type: "asset", fileName: "guide.html", source: pageOf(source) });
      this.emitFile({ type: "asset", fileName: "guide.css", source: readFileSync(STYLE, "utf8") });
      for (const [, name = ""] of source.matchAll(/\]\(images\/([\w.-]+)\)/g)) {
        const image = readFileSync(new URL(`images/${name}`, SOURCE));
        this.emitFile({ type: "asset", fileName: `images/${name}`, source: image });
      }
    },
  };
}

function pageOf(source: string): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        return `<h${depth} id="${anchorOf(text)}"${inEnglish(text)}>${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      paragraph({ tokens, text }: Tokens.Paragraph) {
        return `<p${inEnglish(text)}>${this.parser.parseInline(tokens)}</p>\n`;
      },
    },
  });
  const body = marked.parse(source, { async: false });
  const elsewhere = /href="[^"#:]+\.md/.exec(body);
  if (elsewhere) throw new Error(`the guide links to a document that customers do not have: ${elsewhere[0]}`);
  return `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${/^# (.+)$/m.exec(source)?.[1] ?? ""}</title>
<link rel="stylesheet" href="./guide.css">
</head>
<body>
<main>
${body}</main>
</body>
</html>
`;
}

/** The anchor of a heading, as on GitHub. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .replace(/\s/g, "-");
}

function inEnglish(text: string): string {
  return /\p{Script=Hangul}/u.test(text) ? "" : ' lang="en"';
}
