/** The page behind the link works without scripts, and on a phone. */
export const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

const style = `body{font:1.1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;color:#1c2430}
input,button{font:inherit;padding:.7rem;width:100%;box-sizing:border-box;margin-top:.5rem}
input{letter-spacing:.2em;text-transform:uppercase}button{background:#1d5fbf;color:#fff;border:0;border-radius:.4rem}
[role=alert]{color:#a11212}`;

/** `problem` is one of our own texts. */
export const codePage = (problem: string | null, form = true): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Your data</title><style>${style}</style></head><body><main>
<h1>Your data</h1>
${problem ? `<p role="alert">${problem}</p>` : ''}
${
  form
    ? `<p>Enter the code that you were given. The copy can be fetched once.</p>
<form method="post"><label for="code">Code</label>
<input id="code" name="code" required maxlength="20" autocomplete="one-time-code" autocapitalize="characters">
<button>Fetch the copy</button></form>`
    : ''
}
</main></body></html>
`;
