import { useTexts } from "../texts/language.ts";

/** The steps of a registration, and at which the customer is. */
export function Steps({ current }: { current: number }) {
  const t = useTexts();
  return (
    <ol class="steps" aria-label={t.register.stepsLabel}>
      {t.register.steps.map((step, index) => (
        <li
          key={step}
          class={index < current ? "done" : ""}
          {...(index === current ? { "aria-current": "step" as const } : {})}
        >
          {step}
        </li>
      ))}
    </ol>
  );
}
