import type { Result } from "@registrar/sdk";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { PageError } from "./errors.ts";
import { useStore } from "./store.ts";
import { language } from "./texts/language.ts";

export interface Loaded<T> {
  readonly value: T | null;
  readonly error: PageError | null;
  readonly loading: boolean;
  readonly reload: () => void;
  readonly set: (value: T) => void;
}

/** Load something when the view appears, when `of` changes, and in the other language when that is chosen. */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<Result<T, PageError>>,
  of: string = "",
): Loaded<T> {
  const [state, setState] = useState<{ value: T | null; error: PageError | null; loading: boolean }>({
    value: null,
    error: null,
    loading: true,
  });
  const [count, setCount] = useState(0);
  const chosen = useStore(language);
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    load(stop.signal).then((result) => {
      if (stop.signal.aborted) return;
      setState((before) =>
        result.ok
          ? { value: result.value, error: null, loading: false }
          : { value: before.value, error: result.error, loading: false },
      );
    });
    return () => stop.abort();
  }, [of, chosen, count]);
  return {
    ...state,
    reload: useCallback(() => setCount((before) => before + 1), []),
    set: useCallback((value: T) => setState({ value, error: null, loading: false }), []),
  };
}

export interface Action {
  readonly busy: boolean;
  readonly error: PageError | null;
  /** Run one step; what it returns is shown as an error. A second one waits for the first to end. */
  readonly run: (step: (signal: AbortSignal) => Promise<PageError | null>) => Promise<void>;
  readonly cancel: () => void;
  readonly clear: () => void;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<PageError | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const run = useCallback(async (step: (signal: AbortSignal) => Promise<PageError | null>) => {
    if (running.current) return;
    const mine = new AbortController();
    running.current = mine;
    setBusy(true);
    setError(null);
    const found = await step(mine.signal);
    running.current = null;
    setBusy(false);
    if (found?.kind !== "aborted") setError(found);
  }, []);
  const cancel = useCallback(() => running.current?.abort(), []);
  const clear = useCallback(() => setError(null), []);
  return { busy, error, run, cancel, clear };
}
