// What a browser can add to the reading room. Every page does its work without: bars are links, forms have buttons.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const made = (name, values) => Object.assign(document.createElement(name), values);

  // ── keys: one letter each, and a switch for whoever's voice or keyboard types letters unasked ──────────────────────
  const OFF = "nightdesk-keys-off";
  const kept = {
    get off() { try { return localStorage.getItem(OFF) !== null; } catch { return false; } },
    set off(value) { try { value ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF); } catch { /* not kept */ } },
  };

  function step(by) {
    const links = all("a[data-step]");
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "center" });
  }

  const KEYS = {
    "/": () => { const box = one("input[type=search]"); box ? (box.focus(), box.select()) : location.assign("/search"); },
    j: () => step(1),
    k: () => step(-1),
    "?": () => { const help = one("#keys"); help.open = !help.open; if (help.open) one("summary", help).focus(); },
  };

  function keys() {
    const help = one("#keys");
    if (!help) return;
    help.hidden = false;
    const box = one("input", help);
    box.checked = !kept.off;
    box.addEventListener("change", () => { kept.off = !box.checked; });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
      if (typing || !box.checked || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (!Object.hasOwn(KEYS, event.key)) return;
      event.preventDefault();
      KEYS[event.key]();
    });
  }

  // ── the timeline: drag over it, or mark bars with Shift and the arrow keys ─────────────────────────────────────────
  const inWords = (day) => new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });

  function dayBefore(day) {
    const moment = new Date(`${day}T00:00:00Z`);
    moment.setUTCDate(moment.getUTCDate() - 1);
    return moment.toISOString().slice(0, 10);
  }

  function brush(figure) {
    const svg = one("svg.timeline", figure);
    const form = one("form.when");
    const told = one("output", figure);
    if (!svg || !form || !told) return;
    const days = svg.dataset.days.split(" ");
    const counts = svg.dataset.counts.split(" ").map(Number);
    const bars = all("a", svg);
    const veil = document.createElementNS(svg.namespaceURI, "rect");
    veil.setAttribute("class", "brush");
    veil.setAttribute("height", "100%");
    svg.prepend(veil);
    let anchor = null, head = null, pressed = null;

    const range = () => [Math.min(anchor, head), Math.max(anchor, head)];
    const lastOf = (n) => (n + 1 < days.length ? dayBefore(days[n + 1]) : svg.dataset.end);

    function mark(from, to) {
      [anchor, head] = [from, to];
      const [first, last] = range();
      veil.setAttribute("x", `${(100 * first) / days.length}%`);
      veil.setAttribute("width", `${(100 * (last + 1 - first)) / days.length}%`);
      const sum = counts.slice(first, last + 1).reduce((a, b) => a + b, 0);
      const end = lastOf(last);
      const time = days[first] === end ? inWords(end) : `${inWords(days[first])} to ${inWords(end)}`;
      told.textContent = `${time}: ${sum.toLocaleString("en")} ${sum === 1 ? "article" : "articles"}`;
    }

    function clear() {
      anchor = head = pressed = null;
      veil.setAttribute("width", "0");
      told.textContent = "";
    }

    function narrow() {
      const [first, last] = range();
      form.elements.since.value = days[first];
      form.elements.until.value = lastOf(last);
      form.requestSubmit();
    }

    const barAt = (event) => {
      const box = svg.getBoundingClientRect();
      return Math.min(Math.max(Math.floor(((event.clientX - box.left) / box.width) * days.length), 0), days.length - 1);
    };
    svg.addEventListener("dragstart", (event) => event.preventDefault());
    svg.addEventListener("pointerdown", (event) => {
      if (event.button === 0) pressed = { x: event.clientX, bar: barAt(event), moved: false };
    });
    svg.addEventListener("pointermove", (event) => {
      if (!pressed) return;
      if (!pressed.moved && Math.abs(event.clientX - pressed.x) > 5) {
        pressed.moved = true;
        svg.setPointerCapture(event.pointerId);
      }
      if (pressed.moved) mark(pressed.bar, barAt(event));
    });
    svg.addEventListener("pointerup", () => {
      const moved = pressed?.moved;
      pressed = null;
      if (moved) {
        svg.addEventListener("click", (event) => event.preventDefault(), { once: true, capture: true });
        narrow();
      }
    });
    svg.addEventListener("pointercancel", clear);

    // One stop for the Tab key; the arrows go on from there.
    bars.forEach((bar, n) => bar.setAttribute("tabindex", n ? "-1" : "0"));
    svg.addEventListener("keydown", (event) => {
      const at = bars.indexOf(document.activeElement);
      if (event.key === "Escape") return clear();
      if (event.key === "Enter" && anchor !== null && anchor !== head) {
        event.preventDefault();
        return narrow();
      }
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: bars.length - 1 }[event.key];
      if (at < 0 || to === undefined) return undefined;
      event.preventDefault();
      const next = bars[Math.min(Math.max(to, 0), bars.length - 1)];
      bars.forEach((bar) => bar.setAttribute("tabindex", bar === next ? "0" : "-1"));
      const n = Number(next.dataset.n);
      mark(event.shiftKey ? anchor ?? Number(bars[at].dataset.n) : n, n);
      next.focus();
      return undefined;
    });
    svg.addEventListener("focusout", (event) => { if (!svg.contains(event.relatedTarget)) clear(); });
    all(".hint", figure).forEach((hint) => { hint.hidden = false; });
  }

  // ── an article's past: the slider brings the change without a new page ─────────────────────────────────────────────
  function past(form) {
    const slider = form.elements.to;
    const against = form.elements.from;
    const place = document.getElementById("changed");
    const said = one("output", form);
    const names = JSON.parse(form.dataset.revisions);
    const first = Number(slider.min);
    let latest = 0;
    one("button", form).hidden = true;
    const say = () => { said.textContent = names[Number(slider.value) - first]; };

    async function bring() {
      const mine = ++latest;
      const wanted = new URLSearchParams(new FormData(form));
      try {
        const answer = await fetch(`${location.pathname}?${wanted}`);
        if (!answer.ok) throw new Error(answer.statusText);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (mine !== latest) return;
        place.replaceChildren(...page.getElementById("changed").childNodes);
        history.replaceState(null, "", `${location.pathname}?${wanted}#changes`);
      } catch {
        if (mine === latest) form.submit();
      }
    }
    slider.addEventListener("input", say);
    slider.addEventListener("change", bring);
    against.addEventListener("change", bring);
    say();
  }

  // ── what is there to be copied has a button that does it ───────────────────────────────────────────────────────────
  function copying(words) {
    const button = made("button", { type: "button", className: "quiet", textContent: "Copy" });
    button.setAttribute("aria-label", `Copy: ${words.dataset.what || "this"}`);
    const said = made("span", { className: "soft" });
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(words.textContent.trim());
        said.textContent = "Copied";
      } catch { // no clipboard for pages without encryption
        getSelection().selectAllChildren(words);
        said.textContent = "Marked; copy it with your keyboard";
      }
      setTimeout(() => { said.textContent = ""; }, 4000);
    });
    words.after(made("span", { className: "copying" }));
    words.nextSibling.append(button, said);
  }

  keys();
  all("figure.times").forEach(brush);
  all("form.past").forEach(past);
  all(".copy").forEach(copying);
})();
