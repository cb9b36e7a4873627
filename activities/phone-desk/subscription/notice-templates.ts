import type { SubscriptionNoticeKind } from '../../../shared/subscriptions/standing.ts';

interface Wording {
  subject: string;
  lead: string;
}

export interface Language {
  wordings: Record<SubscriptionNoticeKind, Wording>;
  greeting: string;
  /** On the way to pay. */
  pay: string;
}

const en: Language = {
  greeting: 'Hello {{ company }},',
  pay: 'Pay or change the card',
  wordings: {
    'trial-ending': {
      subject: 'Your trial ends on {{ trialEnd }}',
      lead: 'your free trial ends on {{ trialEnd }}. From then on {{ price }} per period is collected from your card. If you do not want that, cancel before.',
    },
    'payment-failed-first': {
      subject: 'We could not collect {{ amount }}',
      lead: 'your card did not pay invoice {{ invoice }} of {{ amount }}.{% if nextAttempt %} We try again on {{ nextAttempt }}.{% endif %} Please see that the card works.',
    },
    'payment-failed-second': {
      subject: 'Second reminder: invoice {{ invoice }} is not paid',
      lead: 'invoice {{ invoice }} of {{ amount }} could not be collected again.{% if nextAttempt %} We try once more on {{ nextAttempt }}.{% endif %} Please pay it or change the card.',
    },
    'payment-failed-final': {
      subject: 'Last reminder: your phone desk is about to be switched off',
      lead: 'invoice {{ invoice }} of {{ amount }} is still not paid. If it stays so, your phone desk takes no new bookings any more. Appointments that are booked go on.',
    },
    deactivated: {
      subject: 'Your phone desk takes no new bookings',
      lead: 'your subscription has ended. No new bookings are taken; appointments that are booked go on, with their reminders.{% if keptUntil %} Your data are kept until {{ keptUntil }}.{% endif %} With a new subscription everything goes on as before.',
    },
    'paid-again': {
      subject: 'Thank you: invoice {{ invoice }} is paid',
      lead: 'invoice {{ invoice }} of {{ amount }} is paid. There is nothing more to do.',
    },
  },
};

const de: Language = {
  greeting: 'Guten Tag {{ company }},',
  pay: 'Bezahlen oder Karte ändern',
  wordings: {
    'trial-ending': {
      subject: 'Ihr Testzeitraum endet am {{ trialEnd }}',
      lead: 'Ihr kostenloser Testzeitraum endet am {{ trialEnd }}. Ab dann buchen wir {{ price }} je Zeitraum von Ihrer Karte ab. Wenn Sie das nicht möchten, kündigen Sie bitte vorher.',
    },
    'payment-failed-first': {
      subject: 'Wir konnten {{ amount }} nicht abbuchen',
      lead: 'Ihre Karte hat die Rechnung {{ invoice }} über {{ amount }} nicht bezahlt.{% if nextAttempt %} Wir versuchen es am {{ nextAttempt }} noch einmal.{% endif %} Bitte sorgen Sie dafür, dass die Karte gedeckt ist.',
    },
    'payment-failed-second': {
      subject: 'Zweite Erinnerung: Rechnung {{ invoice }} ist offen',
      lead: 'die Rechnung {{ invoice }} über {{ amount }} konnte wieder nicht abgebucht werden.{% if nextAttempt %} Wir versuchen es am {{ nextAttempt }} noch einmal.{% endif %} Bitte bezahlen Sie sie oder ändern Sie die Karte.',
    },
    'payment-failed-final': {
      subject: 'Letzte Erinnerung: Ihr Telefonservice wird abgeschaltet',
      lead: 'die Rechnung {{ invoice }} über {{ amount }} ist noch immer offen. Bleibt es dabei, nimmt Ihr Telefonservice keine neuen Buchungen mehr an. Gebuchte Termine laufen weiter.',
    },
    deactivated: {
      subject: 'Ihr Telefonservice nimmt keine neuen Buchungen an',
      lead: 'Ihr Abonnement ist beendet. Neue Buchungen werden nicht mehr angenommen; gebuchte Termine laufen mit ihren Erinnerungen weiter.{% if keptUntil %} Ihre Daten bewahren wir bis zum {{ keptUntil }} auf.{% endif %} Mit einem neuen Abonnement geht alles weiter wie bisher.',
    },
    'paid-again': {
      subject: 'Danke: Rechnung {{ invoice }} ist bezahlt',
      lead: 'die Rechnung {{ invoice }} über {{ amount }} ist bezahlt. Sie müssen nichts weiter tun.',
    },
  },
};

const languages: Record<string, Language> = { en, de };

/** The company's language, else English. */
export const languageOf = (locale: string): Language => languages[locale.slice(0, 2).toLowerCase()] ?? en;
