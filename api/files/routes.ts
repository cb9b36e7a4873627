import { z } from 'zod';
import { isFailure } from '../../shared/failures.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { gone, notFound } from '../http-problem.ts';

const linkParams = z.strictObject({ token: z.string().max(2_000) });

/** The address is made by `files.link`; whoever has it gets the file, until it expires. */
export function fileEndpoints({ files }: Pick<ApiDeps, 'files'>): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/files/{token}',
      tag: 'Files',
      summary: 'A file, by its signed link',
      open: true,
      params: linkParams,
      success: {
        status: 200,
        description: 'The file, as an attachment.',
        schema: z.string().meta({ format: 'binary' }),
        type: 'application/octet-stream',
      },
      problems: [404, 410],
      async handle({ params }) {
        const link = files.openLink(params.token);
        if (!link.ok && link.reason === 'expired') {
          throw gone('link-expired', 'This link has expired. Ask for a new one.');
        }
        if (!link.ok) throw notFound('file');
        const { key, ...file } = link.file;
        try {
          return { file: { ...file, contents: await files.get(key) } };
        } catch (error) {
          if (!isFailure(error, 'NotFound')) throw error;
          throw gone('file-deleted', 'The file has been deleted.');
        }
      },
    }),
  ];
}
