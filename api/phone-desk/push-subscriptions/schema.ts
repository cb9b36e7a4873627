import { z } from 'zod';
import { idParams, text } from '../../fields.ts';

const base64url = (bytes: number, what: string) =>
  z
    .string()
    .max(200)
    .refine(
      (value) => /^[A-Za-z0-9_-]+=*$/.test(value) && Buffer.from(value, 'base64url').length === bytes,
      `must be ${what}: ${bytes} bytes in base64url`,
    );

/** `PushSubscription.toJSON()` of a browser (W3C Push API). */
export const newSubscription = z.strictObject({
  endpoint: text(2_000).refine(URL.canParse, 'must be an address'),
  expirationTime: z.number().min(0).nullable().optional().meta({ description: 'Milliseconds since 1970.' }),
  keys: z.strictObject({
    p256dh: base64url(65, 'the public key of the device'),
    auth: base64url(16, 'the secret of the device'),
  }),
});

export const subscriptionSchema = z
  .object({ id: z.uuid(), customerId: z.uuid() })
  .meta({ id: 'PushSubscription', description: 'A device that is told; its address is not shown again.' });

export const subscriptionParams = idParams.extend({ subscriptionId: z.uuid('must be a UUID') });

export const pushKeySchema = z
  .object({
    publicKey: z.string().meta({ description: '`applicationServerKey` of `pushManager.subscribe()`.' }),
  })
  .meta({ id: 'PushKey' });
