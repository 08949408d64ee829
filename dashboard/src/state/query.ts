import { signal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../api/client";
import { reached } from "../api/reach";

type State<T> = { data: T | undefined; error: Error | undefined; busy: boolean };
type Entry = { state: Signal<State<unknown>>; load: () => Promise<unknown>; users: number; turn: number; at: number };

const entries = new Map<string, Entry>();
// What was missed while the gateway did not answer is asked for as soon as it does.
reached.subscribe((is) => {
  if (is) for (const entry of entries.values()) if (entry.users > 0) void run(entry);
});
/** Answers nobody looks at are kept for going back, at most so many. */
const most = 100;

export type Query<T> = { data: T | undefined; error: Error | undefined; busy: boolean; refresh: () => Promise<void> };

/**
 * What the gateway answers, shared by all who ask under one key. What is known shows at once and is looked at again; an answer that
 * arrives after a later question is dropped, so a slow one never takes the place of a newer one.
 * @param every Asks again after so many milliseconds while the page can be seen; 0 for never.
 */
export function useQuery<T>(key: string, load: () => Promise<T>, every = 0): Query<T> {
  const entry = entryOf(key, load);
  entry.load = load;
  useEffect(() => {
    const mine = entryOf(key, load);
    mine.users++;
    if (Date.now() - mine.at > 1000) void run(mine);
    const look = () => {
      if (document.visibilityState === "visible") void run(mine);
    };
    const timer = every > 0 ? setInterval(look, every) : undefined;
    document.addEventListener("visibilitychange", look);
    return () => {
      mine.users--;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [key, every]);
  const { data, error, busy } = entry.state.value as State<T>;
  return { data, error, busy, refresh: () => run(entry) };
}

/** Everything whose key begins so is out of date. */
export function invalidate(...prefixes: string[]): void {
  for (const [key, entry] of entries)
    if (prefixes.some((prefix) => key.startsWith(prefix))) {
      if (entry.users > 0) void run(entry);
      else entries.delete(key);
    }
}

/** Nothing of what was shown to one sign-in stays for the next. */
export function forgetQueries(): void {
  entries.clear();
}

function entryOf(key: string, load: () => Promise<unknown>): Entry {
  const known = entries.get(key);
  if (known) return known;
  for (const [old, entry] of entries) {
    if (entries.size < most) break;
    if (entry.users === 0) entries.delete(old);
  }
  const entry: Entry = { state: signal<State<unknown>>({ data: undefined, error: undefined, busy: true }), load, users: 0, turn: 0, at: 0 };
  entries.set(key, entry);
  return entry;
}

async function run(entry: Entry): Promise<void> {
  const turn = ++entry.turn;
  entry.at = Date.now();
  if (!entry.state.value.busy) entry.state.value = { ...entry.state.value, busy: true };
  try {
    const data = await entry.load();
    if (turn === entry.turn) entry.state.value = { data, error: undefined, busy: false };
  } catch (problem) {
    // The prompt is shown then, and what was on the page stays out of sight.
    if (problem instanceof ApiError && problem.status === 401) return;
    if (turn === entry.turn) entry.state.value = { data: entry.state.value.data, error: problem as Error, busy: false };
  }
}
