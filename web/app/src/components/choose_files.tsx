import { type Candidate, type Found, filesOfDrop, LIMITS, type Picked } from "@registrar/sdk";
import { useId, useRef, useState } from "preact/hooks";
import { device } from "../device.ts";
import { useAction } from "../hooks.ts";
import { addressOf } from "../route.ts";
import { useStore } from "../store.ts";
import { language, useTexts } from "../texts/language.ts";
import { CandidateLabel } from "./certificate.tsx";
import { Choices } from "./fields.tsx";
import { GuideLink, Problem, Reasons, shownFileProblem } from "./problem.tsx";
import { Status } from "./view.tsx";

/** What the customer chose: everything found in the files, and one of the candidates. */
export interface Selection {
  readonly found: Found;
  readonly candidate: Candidate | null;
}

interface ChooseFilesProps {
  readonly selection: Selection | null;
  readonly onSelect: (selection: Selection | null) => void;
  /** The certificate that is wanted, by its fingerprint: it is chosen by itself where it is found. */
  readonly wanted?: string | undefined;
}

const FILES_OF_GUIDE = "선택할-파일--which-file-to-choose";
// iPhones have no folders to choose.
const FOLDERS = "webkitdirectory" in HTMLInputElement.prototype;

/** Files, a folder, or what is dropped; then one of the certificates in it. */
export function ChooseFiles({ selection, onSelect, wanted }: ChooseFilesProps) {
  const t = useTexts();
  const id = useId();
  const looking = useAction();
  const [over, setOver] = useState(false);

  const look = (picking: Promise<readonly Picked[]> | readonly Picked[]) => {
    looking.cancel();
    return looking.run(async (signal) => {
      const picked = await picking;
      if (picked.length === 0) return null;
      const result = await device.findCertificates(picked, { signal });
      if (!result.ok) return result.error;
      onSelect({ found: result.value, candidate: firstOf(result.value, wanted) });
      return null;
    });
  };

  return (
    <section
      class={over ? "drop over" : "drop"}
      aria-labelledby={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) look(filesOfDrop(event.dataTransfer));
      }}
    >
      <h2 id={id}>{t.files.label}</h2>
      <p class="hint">
        {t.files.hint} <GuideLink anchor={FILES_OF_GUIDE}>{t.files.where}</GuideLink>
      </p>
      <p class="hint">
        {t.files.limits(LIMITS.uploadFiles, LIMITS.uploadBytes / 1024)}{" "}
        <a href={addressOf(["issuers"])}>{t.nav.issuers}</a>
      </p>
      <div class="buttons">
        {FOLDERS && <FileButton label={t.files.chooseFolder} folder onPick={look} />}
        <FileButton label={t.files.chooseFiles} onPick={look} />
      </div>
      <p class="hint desktop">{t.files.drop}</p>
      {looking.busy && (
        <div class="buttons">
          <Status busy>{t.files.looking}</Status>
          <button type="button" onClick={looking.cancel}>
            {t.cancel}
          </button>
        </div>
      )}
      <Problem error={looking.error} />
      {selection && !looking.busy && <Results selection={selection} onSelect={onSelect} />}
    </section>
  );
}

interface FileButtonProps {
  readonly label: string;
  readonly folder?: boolean;
  readonly onPick: (files: readonly File[]) => void;
}

function FileButton({ label, folder = false, onPick }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        {...(folder ? { webkitdirectory: true } : {})}
        data-choose={folder ? "folder" : "files"}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same files can be chosen again, after they have changed.
          currentTarget.value = "";
          onPick(files);
        }}
      />
    </>
  );
}

function Results({ selection, onSelect }: { selection: Selection; onSelect: (selection: Selection) => void }) {
  const t = useTexts();
  const chosen = useStore(language);
  const { found, candidate } = selection;
  return (
    <>
      <Status>{t.files.found(found.candidates.length)}</Status>
      {found.candidates.length > 0 && (
        <Choices
          legend={t.files.choose}
          value={candidate?.id ?? null}
          choices={found.candidates.map((each) => ({ value: each.id, label: <CandidateLabel candidate={each} /> }))}
          onChange={(id) => onSelect({ found, candidate: found.candidates.find((each) => each.id === id) ?? null })}
        />
      )}
      {found.refused.length > 0 && (
        <section aria-label={t.files.refused}>
          <h3>{t.files.refused}</h3>
          <ul class="plain">
            {found.refused.map((each) => (
              <li class="notice bad" key={each.path}>
                <p class="path">{each.path}</p>
                <Reasons shown={{ ...shownFileProblem(each.problem, t, chosen), next: null }} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {found.setAside.length > 0 && (
        <details>
          <summary>{t.files.setAside(found.setAside.length)}</summary>
          <ul>
            {found.setAside.map((each) => (
              <li key={each.path}>
                <span class="path">{each.path}</span> ({t.files.why[each.why]})
              </li>
            ))}
          </ul>
        </details>
      )}
      {found.skipped > 0 && <p class="hint">{t.files.skipped(found.skipped)}</p>}
    </>
  );
}

/** The wanted certificate, else the only one. */
function firstOf({ candidates }: Found, wanted: string | undefined): Candidate | null {
  const fitting = wanted && candidates.find((each) => each.certificate?.fingerprint === wanted);
  return fitting || (candidates.length === 1 ? (candidates[0] ?? null) : null);
}
