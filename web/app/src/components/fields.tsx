import type { ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";
import { useTexts } from "../texts/language.ts";

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly wrong?: string | undefined;
  readonly field?: Ref<HTMLInputElement>;
  readonly type?: "text" | "password" | "tel";
  readonly name?: string;
  readonly required?: boolean;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly inputMode?: "numeric";
  readonly autocomplete?: string;
  readonly autocapitalize?: "none";
  readonly spellcheck?: boolean;
}

/** A labelled input. Its value stays in the page's element alone, so that no copy of a password is kept. */
export function Field({ label, hint, wrong, field, ...input }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <input
        {...(input as { type: "tel" })} // the types know one kind of input at a time
        id={id}
        {...(field ? { ref: field } : {})}
        {...(described ? { "aria-describedby": described } : {})}
        {...(wrong ? { "aria-invalid": true } : {})}
      />
      {wrong && (
        <p class="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  );
}

/** The input for six digits. */
export function CodeField({ label, hint, field }: { label: string; hint?: string; field: Ref<HTMLInputElement> }) {
  return (
    <Field
      label={label}
      hint={hint}
      field={field}
      name="code"
      required
      inputMode="numeric"
      autocomplete="one-time-code"
      maxLength={32}
    />
  );
}

interface Choice<T extends string> {
  readonly value: T;
  readonly label: ComponentChildren;
  readonly hint?: string;
}

interface ChoicesProps<T extends string> {
  readonly legend: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T | null;
  readonly onChange: (value: T) => void;
}

export function Choices<T extends string>({ legend, choices, value, onChange }: ChoicesProps<T>) {
  const name = useId();
  return (
    <fieldset>
      <legend>{legend}</legend>
      {choices.map((choice, index) => (
        <label class="choice" key={choice.value}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            {...(choice.hint ? { "aria-describedby": `${name}-${index}` } : {})}
            onChange={() => onChange(choice.value)}
          />
          <span>
            {choice.label}
            {choice.hint && (
              <span class="hint" id={`${name}-${index}`}>
                {choice.hint}
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface SubmitProps {
  readonly busy: boolean;
  readonly children: string;
  readonly danger?: boolean;
  readonly onCancel?: (() => void) | undefined;
}

/** The button of a form. While it works it says so, and a second press does nothing. */
export function Submit({ busy, children, danger = false, onCancel }: SubmitProps) {
  const t = useTexts();
  return (
    <div class="buttons">
      <button type="submit" class={danger ? "danger" : "main"} aria-disabled={busy}>
        {children}
      </button>
      {busy && <span class="status busy">{t.waiting}</span>}
      {busy && onCancel && (
        <button type="button" onClick={onCancel}>
          {t.cancel}
        </button>
      )}
    </div>
  );
}

/** Take a secret out of its input, which is then empty. */
export function taken(field: HTMLInputElement | null): string {
  const value = field?.value ?? "";
  if (field) field.value = "";
  return value;
}
