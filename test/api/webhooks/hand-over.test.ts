import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createDeliveries, NoDeliveryError } from '../../../api/webhooks/hand-over.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import {
  appointmentChangedSignal,
  appointmentStart,
} from '../../../workflows/phone-desk/appointment/contract.ts';
import { bookingStart } from '../../../workflows/phone-desk/booking/contract.ts';
import { callEventSignal, callStart } from '../../../workflows/phone-desk/call/contract.ts';
import {
  subscriptionNewsSignal,
  subscriptionStart,
} from '../../../workflows/phone-desk/subscription/contract.ts';

const event = (changes: Partial<InboxEvent>): InboxEvent => ({
  id: '7',
  source: 'retell',
  eventType: 'call_ended',
  entity: 'call/retell/call_1',
  companyId: null,
  requestId: 'request',
  traceParent: null,
  ...changes,
});

function deliveries(body: unknown = null, owner: string | null = null) {
  const starter = {
    start: vi.fn().mockResolvedValue(true),
    startOrSignal: vi.fn().mockResolvedValue(undefined),
    signal: vi.fn().mockResolvedValue(undefined),
  };
  const openBody = vi.fn().mockResolvedValue(Buffer.from(JSON.stringify(body)));
  const findOwner = vi.fn().mockResolvedValue(owner);
  const messages = { twilio: vi.fn(), mail: vi.fn() };
  const deliver = createDeliveries(starter, openBody, findOwner, messages);
  return { starter, openBody, findOwner, deliver };
}

describe('createDeliveries', () => {
  it.each(['call_started', 'call_ended', 'call_analyzed'])(
    'starts or nudges the call on %s',
    async (eventType) => {
      const { starter, openBody, deliver } = deliveries();
      await deliver(event({ eventType, companyId: 'company' }));
      const start = callStart({ vendor: 'retell', vendorCallId: 'call_1' }, 'company');
      expect(starter.startOrSignal).toHaveBeenCalledExactlyOnceWith(start, callEventSignal);
      expect(start.workflowId).toBe('call/retell/call_1');
      expect(openBody).not.toHaveBeenCalled();
    },
  );

  it('starts a booking that was asked for by API', async () => {
    const input = {
      appointmentId: randomUUID(),
      companyId: randomUUID(),
      customerId: randomUUID(),
      callId: null,
      source: 'api' as const,
      serviceId: randomUUID(),
      staffId: null,
      startsAt: '2026-03-02T09:00:00.000Z',
    };
    const { starter, openBody, deliver } = deliveries(input);
    const { workflowId } = bookingStart(input);
    await deliver(event({ source: 'api', eventType: 'booking.requested', entity: workflowId }));
    expect(openBody).toHaveBeenCalledExactlyOnceWith('7');
    expect(starter.start).toHaveBeenCalledExactlyOnceWith(bookingStart(input));
  });

  it('wakes the appointment of which a change was asked', async () => {
    const input = { appointmentId: randomUUID(), companyId: randomUUID() };
    const { starter, deliver } = deliveries(input);
    await deliver(event({ source: 'api', eventType: 'appointment.changed', entity: 'appointment/1' }));
    const { startOrSignal } = starter;
    expect(startOrSignal).toHaveBeenCalledExactlyOnceWith(
      { ...appointmentStart({ ...input, unsettled: [] }), whenClosed: 'start-again' },
      appointmentChangedSignal,
    );
  });

  it('rejects what it cannot deliver, so that the event stays pending', async () => {
    const { starter, deliver } = deliveries({ appointmentId: 'no uuid' });
    await expect(deliver(event({ source: 'unheard-of' }))).rejects.toThrow(NoDeliveryError);
    await expect(deliver(event({ source: 'api', eventType: 'unheard.of' }))).rejects.toThrow(NoDeliveryError);
    await expect(deliver(event({ source: 'api', eventType: 'appointment.changed' }))).rejects.toThrow();
    expect(starter.startOrSignal).not.toHaveBeenCalled();
  });

  it('nudges the subscription of the company that an event of Stripe is about', async () => {
    const companyId = randomUUID();
    const start = subscriptionStart({ companyId });
    const { starter, deliver, findOwner } = deliveries();
    await deliver(
      event({ source: 'stripe', eventType: 'invoice.paid', entity: start.workflowId, companyId }),
    );
    expect(starter.startOrSignal).toHaveBeenCalledExactlyOnceWith(start, subscriptionNewsSignal);
    expect(findOwner).not.toHaveBeenCalled();
  });

  it("asks whose it is what a thin event names, and leaves alone what is nobody's", async () => {
    const thin = event({ source: 'stripe', eventType: 'invoice.paid', entity: 'stripe/invoice/in_1' });
    const companyId = randomUUID();
    const known = deliveries(null, companyId);
    await known.deliver(thin);
    expect(known.findOwner).toHaveBeenCalledExactlyOnceWith({ type: 'invoice', id: 'in_1' });
    expect(known.starter.startOrSignal).toHaveBeenCalledExactlyOnceWith(
      subscriptionStart({ companyId }),
      subscriptionNewsSignal,
    );
    const unknown = deliveries();
    await unknown.deliver(thin);
    expect(unknown.starter.startOrSignal).not.toHaveBeenCalled();
  });
});
