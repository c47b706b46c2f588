// Opens the demo's phone beside the login page where there is room, so that both are seen at once.
// On small screens, and for those who ask for a tab, the link stays a link.

const SIZE = { width: 430, height: 860 };

const link = document.querySelector('[data-testid="phone"]');
link?.addEventListener("click", (event) => {
  const roomy = screen.availWidth >= SIZE.width * 2;
  if (!roomy || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const left = Math.max(0, screen.availWidth - SIZE.width);
  open(link.href, "_blank", `popup,noopener,left=${left},top=0,width=${SIZE.width},height=${SIZE.height}`);
});
