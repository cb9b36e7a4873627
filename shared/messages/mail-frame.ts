/** The frame of our HTML mails: a card with `content`, and `footer` below it; both are HTML. */
export const mailFrame = (content: string, footer: string) => `<!doctype html>
<html><body style="margin:0;background:#f4f5f7;font-family:system-ui,sans-serif;color:#1c2430">
<div style="max-width:34rem;margin:0 auto;padding:2rem 1.25rem">
<div style="background:#fff;border-radius:12px;padding:1.75rem">
${content}
</div>
<p style="margin:1rem .25rem;color:#5b6675;font-size:.875rem">${footer}</p>
</div></body></html>`;
