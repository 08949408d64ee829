import { Fragment, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Copy } from "./copy";

/** What the highlighter gives, as far as it is used: a tree of texts in classes. No markup is ever made of it. */
type Tree = { children: (string | (Tree & { scope?: string }))[] };
type Highlighter = (text: string, language: string) => Tree | null;

let highlighter: Promise<Highlighter> | null = null;
/** Longer code is shown plain: colouring it would hold the page up. */
const longest = 30_000;

/** Code with a button to copy it. Colours come later, when the highlighter is there; the text shows at once. */
export function Code({ text, language = "", label }: { text: string; language?: string; label?: string }) {
  const [tree, setTree] = useState<Tree | null>(null);
  useEffect(() => {
    let over = false;
    setTree(null);
    if (language === "" || text.length > longest) return;
    highlighter ??= import("./highlight").then((module) => module.highlight);
    void highlighter.then((highlight) => {
      if (!over) setTree(highlight(text, language));
    });
    return () => {
      over = true;
    };
  }, [text, language]);
  return (
    <div class="code">
      <div class="code-bar">
        <span class="muted">{label ?? language}</span>
        <Copy text={text} what={label ?? "code"} />
      </div>
      <pre tabIndex={0} aria-label={label ?? (language ? `${language} code` : "code")}>
        <code>{tree ? nodes(tree.children) : text}</code>
      </pre>
    </div>
  );
}

function nodes(children: Tree["children"]): ComponentChildren {
  return children.map((child, index) => {
    if (typeof child === "string") return child;
    if (!child.scope) return <Fragment key={index}>{nodes(child.children)}</Fragment>;
    return <span key={index} class={`hl-${child.scope.split(".")[0]}`}>{nodes(child.children)}</span>;
  });
}
