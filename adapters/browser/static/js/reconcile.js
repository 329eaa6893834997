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

/** Remembers where `element` stands in `root`; the returned function finds it again, or what took its place. */
export function placeOf(element, root) {
  const { press } = element.dataset;
  const block = element.closest("[data-block]");
  const at = block ? controls(block).indexOf(element) : -1;
  const place = block ? [...root.querySelectorAll("[data-block]")].indexOf(block) : -1;
  return () => {
    if (element.isConnected) return element;
    const same = press && root.querySelector(`[data-press="${CSS.escape(press)}"]`);
    const blockNow = root.querySelectorAll("[data-block]")[place];
    const near = blockNow ? controls(blockNow) : [];
    return same || near[Math.min(at, near.length - 1)] || root;
  };
}

const controls = (block) => [...block.querySelectorAll("button, a[href], video, [tabindex='0']")];

/** Change `root` through `change()` and give the focus back to the control that had it, or to its successor. */
export function keepFocus(root, change) {
  const active = document.activeElement;
  if (!active || active === root || !root.contains(active)) return change();
  const place = placeOf(active, root);
  change();
  if (!active.isConnected) place().focus({ preventScroll: true });
  return undefined;
}
