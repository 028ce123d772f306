"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  const sites = all("article");
  const filters = byId("filters");

  // A browser may keep nothing for files from disk; then the marks last as long as the page.
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* see above */ } },
  };

  // What a site says is text until it is needed: a browser takes ten times as long to make a document of all of it.
  // Without script the same text is the page.
  let diffs = "unified";
  const waiting = new Map(all("article > details > noscript").map((told) => [told.closest("article"), told]));
  function fill(site) {
    const told = waiting.get(site);
    if (!told) return;
    waiting.delete(site);
    const details = told.parentElement;
    told.insertAdjacentHTML("afterend", told.textContent);
    told.remove();
    if (diffs !== "unified") showDiffs(diffs, details);
  }
  function show(site, open) {
    fill(site);
    site.querySelector("details").open = open;
  }
  document.addEventListener("toggle", (event) => {
    const site = event.target.closest("article");
    if (site) fill(site);
  }, true);
  // In time all of it is there, so that the browser's own search finds it.
  function fillSome(deadline) {
    for (const site of waiting.keys()) {
      if (deadline.timeRemaining() < 4) break;
      fill(site);
    }
    if (waiting.size) requestIdleCallback(fillSome);
  }
  if (window.requestIdleCallback) addEventListener("load", () => requestIdleCallback(fillSome));

  // Marks for what was viewed, by fingerprint.
  const viewedKey = "gupatch viewed " + document.body.dataset.rules;
  const viewed = new Set(JSON.parse(store.get(viewedKey) || "[]"));
  const name = (site) => site.id.slice(2);
  function mark(site, on) {
    if (on) viewed.add(name(site)); else viewed.delete(name(site));
    site.classList.toggle("is-viewed", on);
    site.querySelector(".viewed input").checked = on;
    store.set(viewedKey, JSON.stringify([...viewed]));
    apply();
  }
  for (const site of sites) {
    const on = viewed.has(name(site));
    site.classList.toggle("is-viewed", on);
    const label = site.querySelector(".viewed");
    label.hidden = false;
    label.firstElementChild.checked = on;
    label.firstElementChild.addEventListener("change", (event) => mark(site, event.target.checked));
  }

  // Filters and search.
  const texts = new Map();
  const letters = { lt: "<", gt: ">", amp: "&", quot: '"', "#x27": "'", "#x2f": "/" };
  const plain = (html) => html.replace(/<[^>]*>/g, "").replace(/&([#\w]+);/g, (whole, name) => letters[name] || whole);
  const text = (site) => {
    if (!texts.has(site)) {
      const told = waiting.get(site);
      const all = told ? site.querySelector("summary").textContent + "\n" + plain(told.textContent) : site.textContent;
      texts.set(site, all.toLowerCase());
    }
    return texts.get(site);
  };
  function apply() {
    const chosen = (group) => new Set(all(`input[name="${group}"]:checked`).map((box) => box.value));
    const classes = chosen("class");
    const applicabilities = chosen("applicability");
    const subsystem = byId("subsystem").value;
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const unviewed = byId("unviewed").checked;
    let shown = 0;
    for (const site of sites) {
      const keep = classes.has(site.dataset.class)
        && applicabilities.has(site.dataset.applicability)
        && (!subsystem || site.dataset.subsystem === subsystem)
        && !(unviewed && viewed.has(name(site)))
        && words.every((word) => text(site).includes(word));
      site.hidden = !keep;
      shown += keep;
    }
    for (const section of [...all(".file"), ...all(".subsystem")]) {
      section.hidden = !section.querySelector("article:not([hidden])");
    }
    byId("nothing").hidden = shown > 0;
    byId("status").textContent = `${shown} of ${sites.length} sites shown, ${sites.filter((site) => viewed.has(name(site))).length} viewed`;
  }
  filters.hidden = false;
  filters.addEventListener("input", apply);
  filters.addEventListener("submit", (event) => event.preventDefault());
  for (const link of all("a[data-subsystem]")) {
    link.addEventListener("click", () => { byId("subsystem").value = link.dataset.subsystem; apply(); });
  }

  // The diff side by side, made from the unified one when it is first asked for.
  function cell(kind, number, content) {
    const left = document.createElement("td");
    left.textContent = number;
    const right = document.createElement("td");
    if (content) right.append(...Array.from(content.childNodes, (node) => node.cloneNode(true)));
    if (kind) { left.className = kind; right.className = kind; }
    return [left, right];
  }
  function split(table) {
    const twin = document.createElement("table");
    twin.className = "diff split";
    twin.append(table.caption.cloneNode(true));
    const body = twin.createTBody();
    const line = (old, now) => {
      const row = body.insertRow();
      const part = (source, kind, column) => source
        ? cell(kind, source.cells[column].textContent, source.cells[3]) : cell("", "", null);
      const same = old && old === now;
      row.append(...part(old, same ? "" : "removed", 0), ...part(now, same ? "" : "added", 1));
    };
    let removed = [];
    let added = [];
    const flush = () => {
      for (let at = 0; at < Math.max(removed.length, added.length); at += 1) line(removed[at], added[at]);
      removed = [];
      added = [];
    };
    for (const row of table.tBodies[0].rows) {
      if (row.className === "removed") { if (added.length) flush(); removed.push(row); }
      else if (row.className === "added") added.push(row);
      else { flush(); line(row, row); }
    }
    flush();
    return twin;
  }
  function showDiffs(mode, root = document) {
    diffs = mode;
    for (const table of all("table.diff:not(.split)", root)) {
      const twin = table.nextElementSibling;
      if (mode === "split" && !twin) table.after(split(table));
      if (table.nextElementSibling) table.nextElementSibling.hidden = mode !== "split";
      table.hidden = mode === "split";
    }
    if (root === document) store.set("gupatch diff", mode);
  }
  for (const radio of all('input[name="diff"]')) {
    radio.checked = radio.value === (store.get("gupatch diff") || "unified");
    radio.addEventListener("change", () => showDiffs(radio.value));
  }
  if (store.get("gupatch diff") === "split") showDiffs("split");

  // Light, dark, or what the system says.
  const themes = ["system", "light", "dark"];
  function theme(word) {
    if (word === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = word;
    byId("theme").textContent = "Theme: " + word;
    store.set("gupatch theme", word);
  }
  theme(themes.includes(store.get("gupatch theme")) ? store.get("gupatch theme") : "system");
  byId("theme").addEventListener("click", () => {
    const now = themes.indexOf(document.documentElement.dataset.theme || "system");
    theme(themes[(now + 1) % themes.length]);
  });

  const openAll = byId("open-all");
  openAll.addEventListener("click", () => {
    const open = openAll.textContent === "Open all";
    for (const site of sites) if (!site.hidden) show(site, open);
    openAll.textContent = open ? "Close all" : "Open all";
  });

  // A link to a site or a step opens what it points into.
  function reveal() {
    const id = decodeURIComponent(location.hash.slice(1));
    const named = id && (byId(id) || byId(id.replace(/-\d+$/, "")));
    const site = named && named.closest("article");
    if (!site) return;
    site.hidden = false;
    show(site, true);
    const target = byId(id) || site;
    if (target.matches("li")) target.focus({ preventScroll: true });
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);

  // Closed details are not printed.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("article:not([hidden]) > details:not([open])");
    for (const details of closed) show(details.parentElement, true);
  });
  addEventListener("afterprint", () => { for (const details of closed) details.open = false; });

  // Keys.
  let current = null;
  function go(step) {
    const shown = sites.filter((site) => !site.hidden);
    if (!shown.length) return;
    const at = shown.indexOf(current);
    const next = at < 0 ? (step > 0 ? 0 : shown.length - 1) : Math.min(Math.max(at + step, 0), shown.length - 1);
    if (current) current.classList.remove("current");
    current = shown[next];
    current.classList.add("current");
    current.querySelector("summary").focus();
    current.scrollIntoView({ block: "nearest" });
  }
  for (const site of sites) {
    site.addEventListener("focusin", () => {
      if (current) current.classList.remove("current");
      current = site;
      site.classList.add("current");
    });
  }
  const help = byId("help");
  byId("help-button").addEventListener("click", () => help.showModal());
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    o: () => { if (current) show(current, !current.querySelector("details").open); },
    v: () => { if (current) { const site = current; go(1); mark(site, !viewed.has(name(site))); } },
    s: () => {
      const other = document.querySelector('input[name="diff"]:not(:checked)');
      other.checked = true;
      showDiffs(other.value);
    },
    "/": () => byId("search").focus(),
    "?": () => help.showModal(),
  };
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]):not([type=radio]), select, textarea");
    if (typing || help.open || event.ctrlKey || event.altKey || event.metaKey) return;
    if (Object.hasOwn(keys, event.key)) { event.preventDefault(); keys[event.key](); }
  });

  apply();
  reveal();
})();
