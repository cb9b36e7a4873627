/**
 * Runs in the browser; without it everything works but the list does not renew itself and mails keep a fixed
 * height. The list is exchanged only when it changed, and keeps its scroll position and its focus.
 */
export const script = `
const list = document.querySelector('#list');
const notice = document.querySelector('#notice');
const news = document.querySelector('#news');
const REFRESH_MS = 2000;

function firstVisible(links) {
  const top = Math.max(0, list.getBoundingClientRect().top);
  return links.find((link) => link.getBoundingClientRect().bottom > top);
}

function exchange(markup) {
  const before = [...list.querySelectorAll('a')];
  const atTop = list.scrollTop === 0 && window.scrollY === 0;
  const anchor = atTop ? undefined : firstVisible(before);
  const anchorTop = anchor?.getBoundingClientRect().top;
  const focused = list.contains(document.activeElement) ? document.activeElement.id : null;
  const known = new Set(before.map((link) => link.id));

  list.innerHTML = markup;

  if (anchor) {
    const moved = document.getElementById(anchor.id)?.getBoundingClientRect().top - anchorTop;
    const scroller = getComputedStyle(list).overflowY === 'auto' ? list : window;
    if (moved) scroller.scrollBy({ top: moved, behavior: 'instant' });
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const fresh = [...list.querySelectorAll('li a')].filter((link) => !known.has(link.id)).length;
  if (fresh) news.textContent = fresh === 1 ? '1 new mail' : fresh + ' new mails';
}

let shown = null;
async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch(list.dataset.source, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(response.statusText);
    const version = response.headers.get('etag');
    if (shown !== null && version !== shown) exchange(await response.text());
    shown = version;
    notice.textContent = '';
  } catch {
    notice.textContent = 'Not connected. Trying again.';
  }
}

if (list) {
  shown = list.dataset.version;
  document.addEventListener('visibilitychange', refresh);
  (async () => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
      await refresh();
    }
  })();
}

const frame = document.querySelector('iframe');
if (frame) {
  const fit = () => {
    const page = frame.contentDocument?.documentElement;
    if (!page) return;
    // A page is never shorter than its frame, so the frame is made small before it is measured.
    frame.style.height = '0';
    frame.style.height = Math.max(160, page.scrollHeight + 2) + 'px';
  };
  frame.addEventListener('load', fit);
  window.addEventListener('resize', fit);
  if (frame.contentDocument?.readyState === 'complete') fit();
}

for (const element of document.querySelectorAll('[data-starts]')) {
  const starts = new Date(element.dataset.starts);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone !== 'UTC') element.textContent = starts.toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'short' }) + ' (' + zone + ')';
}
`;
