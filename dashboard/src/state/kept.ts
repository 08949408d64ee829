import { signal, type Signal } from "@preact/signals";

/** A choice of the reader that outlasts the page. Never anything that opens something. */
export function kept<T>(name: string, normal: T, accept: (value: unknown) => value is T): Signal<T> {
  const key = `openclawssy.${name}`;
  let first = normal;
  try {
    const text = localStorage.getItem(key);
    const value: unknown = text === null ? null : text.startsWith("{") || text.startsWith("[") || /^(true|false|-?\d+(\.\d+)?)$/.test(text) ? JSON.parse(text) : text;
    if (accept(value)) first = value;
  } catch {
    // Something else wrote there, or there is no storage: the normal choice holds.
  }
  const choice = signal(first);
  choice.subscribe((value) => {
    try {
      localStorage.setItem(key, typeof value === "string" ? value : JSON.stringify(value));
    } catch {
      // The choice then lasts as long as the page.
    }
  });
  return choice;
}

export const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
export const isBetween =
  (low: number, high: number) =>
  (value: unknown): value is number =>
    typeof value === "number" && value >= low && value <= high;
export const isOneOf =
  <T extends string>(...words: T[]) =>
  (value: unknown): value is T =>
    words.includes(value as T);
