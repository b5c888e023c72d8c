// What only a browser knows: which symbol of a strip the pointer is on, how many fit side by side, and files to save.
"use strict";
window.studio = (() => {
  const strips = new WeakMap();
  const moves = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);

  // The place in a text node under a point, by either of the two names that browsers have for it.
  const caretAt = (x, y) => {
    if (document.caretPositionFromPoint) {
      const place = document.caretPositionFromPoint(x, y);
      return place && { node: place.offsetNode, offset: place.offset };
    }
    const range = document.caretRangeFromPoint(x, y);
    return range && { node: range.startContainer, offset: range.startOffset };
  };

  const indexAt = (strip, event) => {
    const cell = event.target instanceof Element ? event.target.closest("[data-i]") : null;
    if (!cell || !strip.contains(cell)) return null;
    const first = Number(cell.dataset.i);
    if ("one" in cell.dataset) return first;
    const caret = caretAt(event.clientX, event.clientY);
    if (!caret || caret.node.nodeType !== Node.TEXT_NODE || caret.node.parentNode !== cell) return first;
    // The caret stands between characters, on whichever side is nearer.
    const text = caret.node.data;
    let offset = Math.min(caret.offset, text.length);
    const range = document.createRange();
    const start = Math.max(0, offset - (offset > 1 && /[\uDC00-\uDFFF]/.test(text[offset - 1]) ? 2 : 1));
    if (offset > 0) {
      range.setStart(caret.node, start);
      range.setEnd(caret.node, offset);
      const box = range.getBoundingClientRect();
      if (event.clientX < box.right && event.clientX >= box.left) offset = start;
    }
    const before = Array.from(text.slice(0, offset)).length;
    return first + Math.min(before, Array.from(text).length - 1);
  };

  const columnsOf = strip => {
    const probe = document.createElement("span");
    const letters = 50;
    probe.textContent = "m".repeat(letters);
    probe.className = "probe";
    strip.append(probe);
    const width = probe.getBoundingClientRect().width / letters;
    probe.remove();
    const style = getComputedStyle(strip);
    const room = strip.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (!(width > 0 && room > 0)) return 0;
    const cell = strip.classList.contains("with-candidates") ? 1.25 : 1;
    return Math.max(1, Math.floor(room / (width * cell)) - 1);
  };

  const attachStrip = (strip, component) => {
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;
    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
    let pressed = null, pointed = null, frame = 0;
    const ask = (name, ...args) => component.invokeMethodAsync(name, ...args).catch(() => {});
    const hide = () => { tip.hidden = true; pointed = null; };
    const point = event => {
      const index = indexAt(strip, event);
      if (index === pointed) return;
      pointed = index;
      if (index === null) { hide(); return; }
      ask("Describe", index).then(text => {
        if (pointed !== index || !text) return;
        tip.textContent = text;
        tip.hidden = false;
        const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
        const below = event.clientY + 18 + tip.offsetHeight < innerHeight;
        tip.style.left = `${Math.max(4, left)}px`;
        tip.style.top = `${below ? event.clientY + 18 : event.clientY - tip.offsetHeight - 12}px`;
      });
    };
    const listeners = {
      pointermove: event => {
        cancelAnimationFrame(frame);
        frame = requestAnimationFrame(() => point(event));
      },
      pointerleave: hide,
      pointerdown: event => { if (event.button === 0) pressed = indexAt(strip, event); },
      pointerup: event => {
        const index = indexAt(strip, event);
        if (pressed !== null && index !== null) ask(index === pressed ? "Choose" : "ChooseSpan", ...(index === pressed ? [index] : [pressed, index]));
        pressed = null;
      },
      keydown: event => {
        if (!moves.has(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        ask("Move", event.key, event.shiftKey).then(top => {
          if (typeof top !== "number") return;
          const room = strip.clientHeight;
          if (top < strip.scrollTop || top > strip.scrollTop + room - 60) strip.scrollTop = Math.max(0, top - room / 2);
        });
      },
      scroll: hide
    };
    for (const [name, listener] of Object.entries(listeners)) strip.addEventListener(name, listener);
    let columns = 0;
    const resized = new ResizeObserver(() => {
      const now = columnsOf(strip);
      if (now > 0 && now !== columns) { columns = now; ask("Resize", now); }
    });
    resized.observe(strip);
    strips.set(strip, () => {
      resized.disconnect();
      tip.remove();
      for (const [name, listener] of Object.entries(listeners)) strip.removeEventListener(name, listener);
    });
  };

  const detachStrip = strip => { if (strip) { strips.get(strip)?.(); strips.delete(strip); } };

  // Keys for a whole page, such as those that step through a lesson; not while one writes into a field.
  const attachKeys = (component, keys) => {
    const wanted = new Set(keys);
    const listener = event => {
      const field = event.target instanceof Element && event.target.closest(moves.has(event.key) ? "input, textarea, select, .strip, .scroll, pre" : "input, textarea, select");
      if (field || !wanted.has(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      component.invokeMethodAsync("KeyPressed", event.key).catch(() => {});
    };
    document.addEventListener("keydown", listener);
    return { detach: () => document.removeEventListener("keydown", listener) };
  };

  const copy = text => navigator.clipboard.writeText(text);

  const scrollToEnd = element => { if (element) element.scrollTop = element.scrollHeight; };

  // Strips side by side show the same rows.
  const scrollTogether = columns => {
    if (columns.dataset.together) return;
    columns.dataset.together = "yes";
    columns.addEventListener("scroll", event => {
      if (!(event.target instanceof Element) || !event.target.matches(".strip.live")) return;
      for (const strip of columns.querySelectorAll(".strip.live"))
        if (strip !== event.target && Math.abs(strip.scrollTop - event.target.scrollTop) > 1) strip.scrollTop = event.target.scrollTop;
    }, true);
  };

  const contentWidth = () => document.getElementById("content").clientWidth;

  return { contentWidth, scrollTogether, attachStrip, detachStrip, attachKeys, copy, scrollToEnd };
})();
