import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createExportActivities } from '../../../activities/phone-desk/gdpr-export/index.ts';
import { exportLink } from '../../../db/privacy/export-link.ts';
import { exportKey } from '../../../shared/file-keys.ts';
import { exportWorkflowId } from '../../../shared/ids.ts';
import { exportStart } from '../../../workflows/phone-desk/gdpr-export/contract.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { plantPerson } from '../../support/planted-person.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { newCaller, workingDay } from '../../support/wishes.ts';

const DAY_MS = 86_400_000;

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let now: Date | null = null;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env, {
    settings: { ERASURE_RUN_GRACE_MS: '1000', ERASURE_SETTLE_MS: '300' },
    overrides: { clock: () => now ?? new Date() },
  });
});
afterEach(async () => {
  now = null;
  await desk.clearFaults();
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

interface Asked {
  id: string;
  code: string;
}

const shown = (id: string) => desk.api('GET', `/api/exports/${id}`);

/** Asks for a copy and waits until it can be fetched and its link is on the way. */
async function ready(path: string): Promise<Asked> {
  const asked = (await desk.api('POST', `${path}/exports`)) as unknown as Asked;
  await eventually('the copy', async () => {
    const { status, delivery } = await shown(asked.id);
    return status === 'ready' && delivery ? true : undefined;
  });
  return asked;
}

/** The run has found the copy ready and waits for the end of its time. */
const asleep = (id: string) =>
  eventually('the run to sleep', async () => {
    const { events } = await env.client.workflow.getHandle(exportWorkflowId(id)).fetchHistory();
    return events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes) || undefined;
  });

const urlOf = (id: string) =>
  `${desk.apiUrl}${new URL(exportLink(desk.deps.vault, 'http://x', id)).pathname}`;
const look = (id: string) => fetch(urlOf(id));
const enter = (id: string, code: string) =>
  fetch(urlOf(id), { method: 'POST', body: new URLSearchParams({ code }) });

/** What is in a ZIP file, read by another program than the one that wrote it. */
function unzip(bytes: Buffer): Record<string, Buffer> {
  const script = `import sys,zipfile,io,json,base64
z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); assert z.testzip() is None
print(json.dumps({n: base64.b64encode(z.read(n)).decode() for n in z.namelist()}))`;
  const read = execFileSync('python3', ['-c', script], { input: bytes, maxBuffer: 100_000_000 });
  const entries = Object.entries(JSON.parse(read.toString()) as Record<string, string>);
  return Object.fromEntries(entries.map(([name, data]) => [name, Buffer.from(data, 'base64')]));
}

const caller = async (wish: Record<string, unknown> = {}) => {
  const call = await desk.settled(
    await desk.play({
      from: newCaller(),
      wish: { booking_requested: false, ...wish },
      transcript: 'User: what do you know of me?',
    }),
  );
  return { ...call, path: `/api/customers/${call.customer_id}` };
};
const withAddress = () => caller({ customer_name: 'Lena Hoffmann', customer_email: 'lena@example.com' });

describe('a copy of what is kept of a person', () => {
  it('holds all of it, is fetched once with the code, and is gone then', async () => {
    const person = await plantPerson(desk, workingDay(2));
    const asked = await ready(`/api/customers/${person.customerId}`);
    const ofUser = await ready(`/api/call-users/${person.userId}`);
    expect(await shown(asked.id)).toMatchObject({
      delivery: 'sent',
      link: null,
      progress: 100,
      contents: { calls: 1, appointments: 2, recordings: 1 },
    });
    expect(JSON.stringify(await desk.ledger('smtp', 'mail.deliver'))).toContain(`export-${asked.id}@`);

    const form = await look(asked.id);
    expect(form.status).toBe(200);
    // In the language of the mail, in the name of the company.
    const shownPage = await form.text();
    for (const part of ['<form method="post">', 'lang="de"', 'Ihre Daten', 'Salon Lindgrün'])
      expect(shownPage).toContain(part);
    expect((await shown(asked.id)).status).toBe('ready');

    const wrong = await enter(asked.id, 'AAAA-AAAA');
    expect([wrong.status, await wrong.text()]).toEqual([403, expect.stringContaining('Versuche: 4')]);
    // However it is typed.
    const answer = await enter(asked.id, asked.code.toLowerCase().replace('-', ' '));
    expect(answer.headers.get('content-disposition')).toContain('your-data.zip');
    const files = unzip(Buffer.from(await answer.arrayBuffer()));
    expect(Object.keys(files)).toEqual([
      'README.txt',
      'data.json',
      'summary.pdf',
      expect.stringMatching(/^recordings\/.*\.wav$/),
    ]);
    expect(files['summary.pdf']!.subarray(0, 5).toString()).toBe('%PDF-');
    expect(Object.values(files)[3]!.subarray(0, 4).toString()).toBe('RIFF');

    const other = await enter(ofUser.id, ofUser.code);
    const both = `${files['data.json']}${unzip(Buffer.from(await other.arrayBuffer()))['data.json']}`;
    const missing = person.markers.filter((marker) => !both.includes(marker));
    const isHash = (marker: string) => /^[0-9a-f]{64}$/.test(marker);
    expect(missing.filter(isHash)).toHaveLength(6);
    // Events that lead to no row of the person; errors of our own; a matter of the company with others.
    expect(missing.filter((marker) => !isHash(marker)).map((marker) => marker.slice(14))).toEqual([
      'unreadable',
      'foreign',
      'bounce',
      'error',
      'lasterror',
      'matter',
    ]);
    expect(both).not.toMatch(/_sealed|Sealed|Index"/);
    for (const section of Object.keys(JSON.parse(files['data.json']!.toString()) as object)) {
      if (section !== 'exportedAt') expect(files['README.txt']!.toString()).toContain(`  ${section}: `);
    }

    await eventually('the end', async () =>
      (await shown(asked.id)).status === 'downloaded' ? true : undefined,
    );
    expect((await enter(asked.id, asked.code)).status).toBe(410);
    expect(await (await look(asked.id)).text()).toContain('wurde abgeholt');
    // The run sleeps until the link would have ended; one that looks anew ends.
    const run = env.client.workflow.getHandle(exportWorkflowId(asked.id));
    await run.terminate();
    await desk.deps.starter.start(exportStart({ exportId: asked.id, companyId: await companyId() }));
    expect(await env.client.workflow.getHandle(exportWorkflowId(asked.id)).result()).toEqual({
      status: 'downloaded',
    });
    await recordHistory(desk, exportWorkflowId(asked.id), 'export-downloaded');
    const left: string[] = [];
    for await (const key of desk.deps.files.list(`${await companyId()}/`))
      if (key.endsWith('.zip')) left.push(key);
    expect(left).toEqual([]);
  });

  it('can be fetched again when the transfer broke off', async () => {
    const person = await withAddress();
    const asked = await ready(person.path);
    const file = join(
      desk.deps.env.SWITCHBOARD_DATA_DIR,
      'files',
      exportKey(person.company_id, person.person_id!, asked.id),
    );
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length - 10));
    await enter(asked.id, asked.code)
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
    await writeFile(file, whole);
    const answer = await eventually('the file', async () => {
      const again = await enter(asked.id, asked.code);
      return again.headers.get('content-type') === 'application/zip' ? again : undefined;
    });
    expect(Object.keys(unzip(Buffer.from(await answer.arrayBuffer())))).toContain('data.json');
  });

  it('is closed by five wrong codes, until a new one is asked for', async () => {
    const { path } = await withAddress();
    const asked = await ready(path);
    for (let left = 4; left >= 0; left -= 1) await enter(asked.id, 'WRONG');
    expect((await enter(asked.id, asked.code)).status).toBe(403);
    expect(await (await look(asked.id)).text()).toContain('Zu viele falsche Codes');
    const { code } = await desk.api('POST', `/api/exports/${asked.id}/code`);
    expect((await enter(asked.id, asked.code)).status).toBe(403);
    expect((await enter(asked.id, String(code))).headers.get('content-type')).toBe('application/zip');
  });

  it('is closed by five wrong codes however many come at once, and opens once', async () => {
    const { path } = await withAddress();
    const [guessed, wanted] = [await ready(path), await ready(path)];
    const guesses = await Promise.all(Array.from({ length: 40 }, () => enter(guessed.id, 'WRONG')));
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([403]));
    const texts = await Promise.all(guesses.map((answer) => answer.text()));
    expect(texts.filter((text) => text.includes('Code ist falsch')).length).toBeLessThanOrEqual(4);
    expect(await shown(guessed.id)).toMatchObject({ status: 'ready', triesLeft: 0 });
    expect((await enter(guessed.id, guessed.code)).status).toBe(403);

    const all = await Promise.all(Array.from({ length: 10 }, () => enter(wanted.id, wanted.code)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('whose file is lost is said to have failed, not that nothing is kept', async () => {
    const person = await withAddress();
    const asked = await ready(person.path);
    await desk.deps.files.delete(exportKey(person.company_id, person.person_id!, asked.id));
    const answer = await enter(asked.id, asked.code);
    expect([answer.status, await answer.text()]).toEqual([410, expect.stringContaining('konnte nicht')]);
  });

  it('whose link cannot be mailed is handed on by who asked for it', async () => {
    const { path } = await caller();
    const asked = await ready(path);
    expect(await shown(asked.id)).toMatchObject({
      delivery: 'no-address',
      link: expect.stringContaining('/api/export-links/'),
    });
  });

  it('is deleted when its time is over', async () => {
    const person = await withAddress();
    const asked = await ready(person.path);
    await asleep(asked.id);
    now = new Date(Date.now() + 7 * DAY_MS + 60_000);
    expect([(await look(asked.id)).status, (await enter(asked.id, asked.code)).status]).toEqual([410, 410]);
    // The run sleeps by the server's clock; one that looks anew finds the time over.
    await env.client.workflow.getHandle(exportWorkflowId(asked.id)).terminate();
    await desk.api('POST', `/api/exports/${asked.id}/code`);
    await eventually('the end', async () =>
      (await shown(asked.id)).status === 'expired' ? true : undefined,
    );
    expect(await env.client.workflow.getHandle(exportWorkflowId(asked.id)).result()).toEqual({
      status: 'expired',
    });
    expect(await desk.deps.files.exists(exportKey(person.company_id, person.person_id!, asked.id))).toBe(
      false,
    );
    await recordHistory(desk, exportWorkflowId(asked.id), 'export-expired');
  });

  it('dies with the person', async () => {
    const { path } = await withAddress();
    const asked = await ready(path);
    const erasure = await desk.api('POST', `${path}/erasure`, { reason: 'objection' });
    await eventually('the erasure', async () =>
      (await desk.api('GET', `/api/erasures/${erasure.id}`)).finishedAt ? true : undefined,
    );
    expect((await shown(asked.id)).status).toBe('erased');
    await recordHistory(desk, exportWorkflowId(asked.id), 'export-cut-off-by-erasure');
    // A run that comes too late to be cut off.
    await desk.deps.starter.start(exportStart({ exportId: asked.id, companyId: await companyId() }));
    const late = env.client.workflow.getHandle(exportWorkflowId(asked.id));
    expect(await late.result()).toEqual({ status: 'erased' });
    await recordHistory(desk, exportWorkflowId(asked.id), 'export-erased');
    expect(await (await look(asked.id)).text()).toContain('nichts mehr gespeichert');
    await expect(desk.api('POST', `${path}/exports`)).rejects.toThrow('person-erased');
  });
});

describe('what stands against a copy is said', () => {
  it('one that is being packed, one that failed, an address that was made up', async () => {
    const person = await withAddress();
    const values = {
      id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
      company_id: person.company_id,
      person_id: person.person_id!,
      subject: 'customer' as const,
      subject_id: person.customer_id!,
      requested_by: 'x',
      code_hash: Buffer.alloc(32),
      tries_left: 5,
      expires_at: new Date(Date.now() + DAY_MS),
    };
    await desk.deps.db
      .insertInto('gdpr_exports')
      .values(values as never)
      .execute();
    await expect(desk.api('POST', `${person.path}/exports`)).rejects.toThrow(values.id);
    expect((await look(values.id)).status).toBe(409);
    expect(await brokenRun(values.id)).toEqual({ status: 'failed' });
    await recordHistory(desk, exportWorkflowId(values.id), 'export-failed');
    expect(await shown(values.id)).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('Ask'),
    });
    expect((await look(values.id)).status).toBe(410);
    expect((await fetch(`${urlOf(values.id)}x`)).status).toBe(404);
    await expect(desk.api('POST', `/api/exports/${values.id}/code`)).rejects.toThrow('export-failed');
  });
});

/** Runs an export as it goes when the object store is away for a day, and for longer. */
async function brokenRun(exportId: string): Promise<unknown> {
  const away = () => Promise.reject(new Error('the object store is away'));
  const deps = { ...desk.deps, files: { ...desk.deps.files, delete: away } };
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: `broken-${randomUUID()}`,
    workflowBundle: { codePath: inject('workflowBundle') },
    activities: {
      ...createExportActivities(deps),
      buildExport: () => Promise.reject(ApplicationFailure.nonRetryable('the object store is away')),
    },
  });
  const { taskQueue } = worker.options;
  const workflowId = exportWorkflowId(exportId);
  const args = [{ exportId, companyId: await companyId() }];
  return worker.runUntil(env.client.workflow.execute('gdprExport', { workflowId, taskQueue, args }));
}

const companyId = async () =>
  (
    await desk.deps.db
      .selectFrom('companies')
      .where('slug', '=', 'salon-lindgruen')
      .select('id')
      .executeTakeFirstOrThrow()
  ).id;
