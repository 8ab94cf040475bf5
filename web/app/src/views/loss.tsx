import { useRef, useState } from "preact/hooks";
import { Field, Submit, taken } from "../components/fields.tsx";
import { Problem } from "../components/problem.tsx";
import { Notice, Status, View } from "../components/view.tsx";
import { useAction } from "../hooks.ts";
import { addressOf } from "../route.ts";
import { service } from "../service.ts";
import { useTexts } from "../texts/language.ts";

/** Report all certificates lost, within a session. */
export function ReportAll() {
  const t = useTexts();
  const action = useAction();
  const [suspended, setSuspended] = useState<number | null>(null);
  const report = () =>
    action.run(async (signal) => {
      const result = await service.post("/registrations/loss", { signal });
      if (!result.ok) return result.error;
      setSuspended(result.value.registrations.filter((each) => each.holds.includes("customer")).length);
      return null;
    });
  return (
    <View title={t.loss.title}>
      <p>{t.loss.all}</p>
      <p>{t.loss.issuer}</p>
      {suspended === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            report();
          }}
        >
          <Problem error={action.error} />
          <Submit danger busy={action.busy}>
            {t.loss.submitAll}
          </Submit>
        </form>
      ) : (
        <>
          <Reported text={t.loss.doneAll(suspended)} />
          <p class="links">
            <a class="button" href={addressOf(["certificates"])}>
              {t.nav.certificates}
            </a>
          </p>
        </>
      )}
    </View>
  );
}

/** Report all certificates lost without a session, by customer id and password. */
export function ReportWithoutSession() {
  const t = useTexts();
  const id = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const action = useAction();
  const [done, setDone] = useState<string | null>(null);
  const report = () =>
    action.run(async (signal) => {
      const body = { customer_id: id.current?.value.trim() ?? "", password: taken(password.current) };
      const result = await service.post("/loss", { body, signal });
      if (!result.ok) {
        password.current?.focus();
        return result.error;
      }
      setDone("suspended" in result.value ? t.loss.doneAll(result.value.suspended) : t.loss.accepted);
      return null;
    });
  return (
    <View title={t.loss.title}>
      <p>{t.loss.without}</p>
      <p>{t.loss.all}</p>
      <p>{t.loss.issuer}</p>
      {done ? (
        <Reported text={done} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            report();
          }}
        >
          <Field
            label={t.login.customerId}
            field={id}
            name="customer_id"
            required
            pattern="[A-Za-z0-9_\-]{1,32}"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
          />
          <Field
            label={t.login.password}
            field={password}
            type="password"
            required
            autocomplete="current-password"
            maxLength={128}
          />
          <Problem error={action.error} />
          <Submit danger busy={action.busy}>
            {t.loss.submitAll}
          </Submit>
        </form>
      )}
    </View>
  );
}

function Reported({ text }: { text: string }) {
  return (
    <Notice kind="good">
      <Status>{text}</Status>
    </Notice>
  );
}
