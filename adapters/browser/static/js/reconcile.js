// Change a list of elements in place: what is the same stays the same node, so a film goes on playing, the focus stays
// where it is and nothing flickers.

/** Make `parent` hold one element per spec `{ key, make(), update?(element) }`, moving as little as possible. */
export function reconcile(parent, specs, { fresh = null } = {}) {
  const before = new Map();
  for (const element of parent.children) {
    const same = before.get(element.specKey) || [];
    same.push(element);
    before.set(element.specKey, same);
  }
  const kept = new Set();
  const wanted = specs.map((spec) => {
    const element = before.get(spec.key)?.shift();
    if (element) kept.add(element);
    return [spec, element];
  });
  for (const element of [...parent.children]) if (!kept.has(element)) element.remove();
  let cursor = parent.firstElementChild;
  for (const [spec, found] of wanted) {
    let element = found;
    if (!element) {
      element = spec.make();
      element.specKey = spec.key;
      if (fresh) element.classList.add(fresh);
    }
    if (element === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(element, cursor);
    spec.update?.(element);
  }
}

/** Change `root` through `change()` and give the focus back to the control that had it, or to its successor. */
export function keepFocus(root, change) {
  const active = document.activeElement;
  if (!active || active === root || !root.contains(active)) return change();
  const { press } = active.dataset;
  const block = active.closest("[data-block]");
  const place = block ? [...root.querySelectorAll("[data-block]")].indexOf(block) : -1;
  const at = block ? controls(block).indexOf(active) : -1;
  change();
  if (active.isConnected) return undefined;
  const same = press && root.querySelector(`[data-press="${CSS.escape(press)}"]`);
  const blockNow = root.querySelectorAll("[data-block]")[place];
  const near = blockNow ? controls(blockNow) : [];
  const next = same || near[Math.min(at, near.length - 1)] || root;
  next.focus({ preventScroll: true });
  return undefined;
}

const controls = (block) => [...block.querySelectorAll("button, a[href], video, [tabindex='0']")];
