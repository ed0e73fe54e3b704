// Runs before the first paint: applies the colours the visitor chose last time, if any.
(() => {
  let theme = null;
  try { theme = localStorage.getItem('simart.theme'); } catch { /* storage may be off */ }
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
})();
