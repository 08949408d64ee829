import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import css from "highlight.js/lib/languages/css";
import csharp from "highlight.js/lib/languages/csharp";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

for (const [name, language] of Object.entries({ bash, css, csharp, diff, go, javascript, json, markdown, python, rust, sql, typescript, xml, yaml })) hljs.registerLanguage(name, language);

type Tree = { scope?: string; children: (string | Tree)[] };

/** The library's own tree of tokens. Its HTML is not used. */
export function highlight(text: string, language: string): Tree | null {
  if (!hljs.getLanguage(language)) return null;
  const result = hljs.highlight(text, { language, ignoreIllegals: true }) as unknown as { _emitter: { rootNode: Tree } };
  return result._emitter.rootNode;
}
