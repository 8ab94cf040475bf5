import { useId } from "preact/hooks";
import { useTexts } from "../texts/language.ts";

/** The text that a key signs, whole and line by line, in a font that tells 0 from O. */
export function TextToSign({ text }: { text: string }) {
  const t = useTexts();
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{t.signing.text}</h2>
      <p class="hint">{t.signing.textHint}</p>
      <pre class="to-sign">{text}</pre>
    </section>
  );
}
