import { lexer, type Token, type Tokens } from "marked";
import { Fragment, type ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { Code } from "./code";

/** Longer text is shown as it is. */
const longest = 200_000;

/**
 * Markdown, from tokens to elements. There is no HTML on the way: what looks like markup in the text is shown as text. Nothing is
 * loaded from elsewhere: an image becomes a link that says so, and only plain web and mail addresses can be followed.
 */
export function Markdown({ text, level = 2 }: { text: string; level?: number }) {
  const tokens = useMemo(() => (text.length > longest ? null : lexer(text, { gfm: true })), [text]);
  return <div class="markdown">{tokens === null ? <pre>{text}</pre> : blocks(tokens, headings(tokens, level))}</div>;
}

type Levels = ReadonlyMap<Token, number>;

/** Headings stand below the one of the page they are in, and skip no level, whatever signs the writer took. */
function headings(tokens: Token[], first: number): Levels {
  const levels = new Map<Token, number>();
  const open: number[] = [];
  for (const token of tokens) {
    if (token.type !== "heading") continue;
    const { depth } = token as Tokens.Heading;
    while (open.length > 0 && open.at(-1)! >= depth) open.pop();
    open.push(depth);
    levels.set(token, Math.min(first + open.length - 1, 6));
  }
  return levels;
}

function blocks(tokens: Token[], levels: Levels = new Map()): ComponentChildren {
  return tokens.map((token, index) => <Fragment key={index}>{block(token, levels)}</Fragment>);
}

function block(token: Token, levels: Levels): ComponentChildren {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading": {
      const level = levels.get(token);
      if (level === undefined) return <p><strong>{inline(token.tokens)}</strong></p>;
      const Level = `h${level}` as "h3";
      return <Level>{inline(token.tokens)}</Level>;
    }
    case "paragraph":
      return <p>{inline(token.tokens)}</p>;
    case "code":
      return <Code text={(token as Tokens.Code).text} language={((token as Tokens.Code).lang ?? "").split(/\s/)[0]!.toLowerCase()} />;
    case "blockquote":
      return <blockquote>{blocks(token.tokens ?? [])}</blockquote>;
    case "hr":
      return <hr />;
    case "list": {
      const list = token as Tokens.List;
      const items = list.items.map((item, index) => (
        <li key={index}>
          {item.task && <input type="checkbox" checked={item.checked ?? false} disabled aria-label={item.checked ? "done" : "open"} />}
          {blocks(item.tokens.filter((inner) => inner.type !== "checkbox"))}
        </li>
      ));
      return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
    }
    case "table": {
      const table = token as Tokens.Table;
      return (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Table">
          <table>
            <thead><tr>{table.header.map((cell, index) => <th key={index} scope="col">{inline(cell.tokens)}</th>)}</tr></thead>
            <tbody>{table.rows.map((row, index) => <tr key={index}>{row.map((cell, at) => <td key={at}>{inline(cell.tokens)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      );
    }
    case "text":
      return token.tokens ? inline(token.tokens) : plain((token as Tokens.Text).text);
    default:
      return <p class="raw">{token.raw}</p>;
  }
}

function inline(tokens: Token[] | undefined): ComponentChildren {
  return (tokens ?? []).map((token, index) => <Fragment key={index}>{span(token)}</Fragment>);
}

function span(token: Token): ComponentChildren {
  switch (token.type) {
    case "text":
      return token.tokens ? inline(token.tokens) : plain((token as Tokens.Text).text);
    case "escape":
      return plain((token as Tokens.Escape).text);
    case "strong":
      return <strong>{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return <code>{plain((token as Tokens.Codespan).text)}</code>;
    case "br":
      return <br />;
    case "link": {
      const { href, tokens: inner } = token as Tokens.Link;
      const safe = followable(href);
      return safe === null ? <>{inline(inner)}</> : <a href={safe} target="_blank" rel="noopener noreferrer">{inline(inner)}</a>;
    }
    case "image": {
      const { href, text } = token as Tokens.Image;
      const safe = followable(href);
      const words = `image: ${text || href}`;
      return safe === null ? <span class="muted">[{words}]</span> : <a href={safe} target="_blank" rel="noopener noreferrer">[{words}]</a>;
    }
    default:
      return token.raw;
  }
}

// The lexer leaves entities as they were written; those five a writer means as signs.
function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name] ?? whole);
}

/** The address when a click on it can only open a page or a mail, else null. */
export function followable(href: string): string | null {
  try {
    const address = new URL(href);
    return ["https:", "http:", "mailto:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}
