// Runs before the first paint, so that a dark page never flashes light. Not a module for that reason.
(() => {
  const root = document.documentElement;
  const show = () => {
    let theme = null;
    try {
      theme = localStorage.getItem("chatcourse.theme");
    } catch {
      // storage may be forbidden: then the system decides
    }
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  show();
  addEventListener("storage", show);
  addEventListener("chatcourse:theme", show);
})();
