import type { Answer } from "../../api/client";

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type Config = { [name: string]: Json };
export type Key = Answer<"/api/admin/config/schema", "get">["keys"][number];

/** One place of the configuration: a key of the schema at real names. */
export type Field = { path: string[]; key: Key; name: string; isJson: boolean };

/** Entries of one kind, each with a name a person gives it: the place they stand at. */
export type Place = { path: string[]; what: string; word: string };
export type Family = Answer<"/api/admin/config/schema", "get">["families"][number];

/** As the gateway writes a path: names that are not plain in brackets and quotes. */
export const nameOf = (path: readonly string[]): string =>
  path.reduce((name, part) => (/^[\w-]+$/.test(part) ? (name === "" ? part : `${name}.${part}`) : `${name}["${part.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"]`), "");

export const isUnder = (path: readonly string[], above: readonly string[]): boolean => above.every((part, index) => path[index] === part);

export function valueAt(config: Config, path: readonly string[]): Json | undefined {
  let at: Json | undefined = config;
  for (const part of path) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return undefined;
    at = at[part];
  }
  return at;
}

/** The schema's keys at the names that are really there; a list of objects is one field, written as JSON. */
export function fieldsOf(keys: readonly Key[], config: Config): Field[] {
  const fields: Field[] = [];
  const lists = new Set<string>();
  for (const key of keys) {
    const list = key.key.indexOf("[]");
    if (list >= 0) {
      const path = key.key.slice(0, list).split(".");
      if (path.some((part) => part.startsWith("<")) || lists.has(nameOf(path))) continue;
      lists.add(nameOf(path));
      fields.push({ path, key: { ...key, key: nameOf(path), type: "JSON", rule: keys.filter((one) => one.key.startsWith(`${nameOf(path)}[]`)).map((one) => one.key.slice(list + 3) || one.key).join(", "), what: `A list; each entry has: ${keys.filter((one) => one.key.startsWith(`${nameOf(path)}[].`)).map((one) => one.key.slice(list + 3)).join(", ")}.` }, name: nameOf(path), isJson: true });
      continue;
    }
    for (const path of places(key.key.split("."), config)) fields.push({ path, key, name: nameOf(path), isJson: key.type.startsWith("object") });
  }
  return fields;
}

function places(parts: readonly string[], config: Config, done: string[] = []): string[][] {
  const [first, ...rest] = parts;
  if (first === undefined) return [done];
  if (!first.startsWith("<")) return places(rest, config, [...done, first]);
  const there = valueAt(config, done);
  if (typeof there !== "object" || there === null || Array.isArray(there)) return [];
  return Object.keys(there).flatMap((name) => places(rest, config, [...done, name]));
}

/** Where entries may be added. Those that are all known are always there. */
export function placesOf(families: readonly Family[], config: Config): Place[] {
  return families.filter((family) => !family.names).flatMap((family) => {
    const parts = family.key.split(".");
    return places(parts.slice(0, -1), config).map((path) => ({ path, what: family.what, word: parts.at(-1)!.slice(1, -1) }));
  });
}

export function entriesOf(place: Place, config: Config): string[] {
  const there = valueAt(config, place.path);
  return typeof there === "object" && there !== null && !Array.isArray(there) ? Object.keys(there) : [];
}

/** The configuration with further entries in it, which say nothing yet. */
export function withEntries(config: Config, paths: readonly string[][]): Config {
  const all = structuredClone(config);
  for (const path of paths) {
    let at = all;
    for (const part of path) at = (at[part] ??= {}) as Config;
  }
  return all;
}

/** What is sent: an object of sections with only what was changed. */
export function bodyOf(changes: ReadonlyMap<string, { path: string[]; value: Json }>): Config {
  const body: Config = {};
  // An entry before what stands in it.
  for (const { path, value } of [...changes.values()].sort((a, b) => a.path.length - b.path.length)) {
    let at = body;
    for (const part of path.slice(0, -1)) at = (at[part] ??= {}) as Config;
    at[path.at(-1)!] = structuredClone(value);
  }
  return body;
}

export function words(rule: string): string[] {
  return [...rule.matchAll(/`([^`]*)`/g)].map((match) => match[1]!);
}

export const shown = (value: Json | undefined): string => (value === undefined ? "not set" : typeof value === "string" ? (value === "" ? "empty" : value) : JSON.stringify(value));
export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
