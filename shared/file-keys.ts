/**
 * Where files are kept. All that belongs to a person is below one folder, and sealed with that person's key: destroying
 * the key, or the folder, destroys all of it.
 */
export const personFolder = (companyId: string, personId: string) => `${companyId}/people/${personId}/`;

const personal = /^[0-9a-f-]{36}\/people\/([0-9a-f-]{36})\//;

/** Whose file it is; null: nobody's, and not sealed. */
export const personOfKey = (key: string): string | null => personal.exec(key)?.[1] ?? null;

export const recordingKey = (companyId: string, personId: string, callId: string) =>
  `${personFolder(companyId, personId)}recordings/${callId}`;

export const exportKey = (companyId: string, personId: string, exportId: string) =>
  `${personFolder(companyId, personId)}exports/${exportId}.zip`;

/** How the name of a recording ends, by its media type. */
export const audioExtension = (contentType: string | null): string =>
  /mpeg|mp3/.test(contentType ?? '') ? 'mp3' : 'wav';
