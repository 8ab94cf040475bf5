import { useState } from "preact/hooks";
import { ChooseFiles, type Selection } from "../components/choose_files.tsx";
import { Notice, View } from "../components/view.tsx";
import { addressOf } from "../route.ts";
import { useTexts } from "../texts/language.ts";
import { Precheck } from "./register.tsx";

/** Whether a certificate can be registered, without a login. */
export function PrecheckView() {
  const t = useTexts();
  const [selection, setSelection] = useState<Selection | null>(null);
  const candidate = selection?.candidate;
  return (
    <View title={t.precheck.title}>
      <p>{t.precheck.intro}</p>
      <ChooseFiles selection={selection} onSelect={setSelection} />
      {candidate?.certificate && <Precheck key={candidate.id} certificate={candidate.certificate} />}
      {candidate && !candidate.certificate && <Notice>{t.precheck.pfx}</Notice>}
      <p class="links">
        <a class="button" href={addressOf(["register"])}>
          {t.certificates.register}
        </a>
      </p>
    </View>
  );
}
