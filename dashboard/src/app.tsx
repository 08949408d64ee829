import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, auth, signOut } from "./api/client";
import { reached } from "./api/reach";
import { Dialog, Notes, Questions } from "./parts/dialog";
import { Waiting } from "./parts/states";
import { forgetDrafts } from "./pages/chat/drafts";
import { focusMode } from "./pages/chat/layout";
import { ChatPage } from "./pages/chat/page";
import { SignIn } from "./pages/signin";
import { forgetQueries, useQuery } from "./state/query";
import { go, link, route } from "./state/router";
import { theme, type Theme } from "./state/theme";

type Page = { name: string; title: string; key: string; load: () => Promise<ComponentType> };

const pages: Page[] = [
  { name: "chat", title: "Chat", key: "c", load: () => Promise.resolve(ChatPage) },
  { name: "runs", title: "Runs", key: "r", load: () => import("./pages/runs").then((module) => module.RunsPage) },
  { name: "overview", title: "Overview", key: "o", load: () => import("./pages/overview").then((module) => module.OverviewPage) },
  { name: "scheduler", title: "Scheduler", key: "s", load: () => import("./pages/scheduler").then((module) => module.SchedulerPage) },
  { name: "agents", title: "Agents", key: "a", load: () => import("./pages/agents").then((module) => module.AgentsPage) },
  { name: "settings", title: "Settings", key: "t", load: () => import("./pages/settings").then((module) => module.SettingsPage) },
  { name: "secrets", title: "Secrets", key: "k", load: () => import("./pages/secrets").then((module) => module.SecretsPage) },
  { name: "audit", title: "Audit", key: "u", load: () => import("./pages/audit").then((module) => module.AuditPage) },
];

const helpOpen = signal(false);
const menuOpen = signal(false);

export function App() {
  return (
    <>
      {auth.value === "in" ? <Shell /> : auth.value === "trying" ? <main class="gate"><Waiting what="The sign-in" /></main> : <SignIn />}
      <Questions />
      <Notes />
    </>
  );
}

function Shell() {
  const page = pages.find((one) => one.name === route.value.page);
  useEffect(() => forgetQueries, []);
  useShortcuts();
  useEffect(() => {
    document.title = `${page?.title ?? "Not found"} – Openclawssy`;
    menuOpen.value = false;
  }, [page]);
  const focused = page?.name === "chat" && focusMode.value;
  return (
    <div class={`shell ${focused ? "focused" : ""}`}>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the page</a>
      {!focused && (
        <nav class="side" aria-label="Pages">
          <div class="brand">
            <span class="brand-name">Openclawssy</span>
            <button type="button" class="menu-button" aria-expanded={menuOpen.value} aria-controls="menu" onClick={() => (menuOpen.value = !menuOpen.value)}>Menu</button>
          </div>
          <div id="menu" class={menuOpen.value ? "menu open" : "menu"}>
            <ul>
              {pages.map((one) => (
                <li key={one.name}><a href={link(one.name)} aria-current={one === page ? "page" : undefined}>{one.title}</a></li>
              ))}
            </ul>
            <Foot />
          </div>
        </nav>
      )}
      {!reached.value && <p class="cut notice bad" role="alert">The connection to the gateway is lost. This page goes on by itself once it answers.</p>}
      <main id="main" tabIndex={-1} class={`page page-${page?.name ?? "none"}`}>
        {page ? <Lazy key={page.name} page={page} /> : <NotFound />}
      </main>
      {helpOpen.value && <Help />}
    </div>
  );
}

const loaded = new Map<string, ComponentType>([["chat", ChatPage]]);

function Lazy({ page }: { page: Page }) {
  const [, again] = useState(0);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (loaded.has(page.name)) return;
    page.load().then((made) => { loaded.set(page.name, made); again((n) => n + 1); }, () => setFailed(true));
  }, []);
  const Made = loaded.get(page.name);
  if (Made) return <Made />;
  return failed
    ? <div class="notice bad" role="alert">This page could not be loaded. <button type="button" class="small" onClick={() => location.reload()}>Reload</button></div>
    : <Waiting what={page.title} />;
}

function NotFound() {
  return (
    <div class="empty">
      <h1>There is no such page</h1>
      <p><a href="#/chat">Go to the chat</a></p>
    </div>
  );
}

function Foot() {
  const status = useQuery("status", () => api.get("/api/admin/status"), 15_000);
  const data = status.data;
  return (
    <div class="foot">
      <p class="foot-status" title={data ? `version ${data.version}` : undefined}>
        <span class={`dot ${status.error || !reached.value ? "bad" : data && !data.audit_ok ? "bad" : data ? "good" : "quiet"}`} aria-hidden="true" />
        {status.error || !reached.value ? "gateway does not answer" : data ? <span class="foot-model">{data.model.provider} / {data.model.name}</span> : "connecting"}
      </p>
      <label class="foot-theme">
        <span>Theme</span>
        <select value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
          <option value="system">System</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
      <div class="row">
        <button type="button" class="small quiet" onClick={() => (helpOpen.value = true)}>Keys</button>
        <button type="button" class="small quiet" onClick={() => { forgetDrafts(); void signOut(); }}>Sign out</button>
      </div>
    </div>
  );
}

function useShortcuts() {
  useEffect(() => {
    let began = 0;
    const key = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || document.querySelector("dialog[open]")) return;
      if (event.key === "?") helpOpen.value = true;
      else if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("main input[type=search]");
        if (search === null) return;
        event.preventDefault();
        search.focus();
      } else if (event.key === "g") began = event.timeStamp;
      else if (began > 0 && event.timeStamp - began < 1500) {
        const page = pages.find((one) => one.key === event.key);
        began = 0;
        if (page) go(link(page.name));
      }
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
}

function Help() {
  const rows: [string, string][] = [
    ...pages.map((page): [string, string] => [`g then ${page.key}`, page.title]),
    ["/", "search on this page"], ["?", "this help"], ["Enter", "send the message"], ["Shift + Enter", "new line in the message"], ["Escape", "close a dialog, leave the focus mode"],
    ["arrow keys", "move in lists; move a border that has the focus"],
  ];
  return (
    <Dialog title="Keys" close={() => (helpOpen.value = false)}>
      <dl class="keys">{rows.map(([keys, what]) => <div key={keys}><dt><kbd>{keys}</kbd></dt><dd>{what}</dd></div>)}</dl>
      <div class="row end"><button type="button" class="primary" onClick={() => (helpOpen.value = false)}>Close</button></div>
    </Dialog>
  );
}
