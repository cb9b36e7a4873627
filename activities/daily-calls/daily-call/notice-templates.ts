interface Wording {
  subject: string;
  greeting: string;
  thanks: string;
  /** Stands over the summary. */
  summary: string;
  /** How to change what one is called and told about. */
  changes: string;
  sms: string;
}

const en: Wording = {
  subject: 'Our call today',
  greeting: 'Hello{% if name %} {{ name }}{% endif %},',
  thanks: 'thank you for talking to us today.',
  summary: 'What we talked about',
  changes:
    'Would you like to be called at another time, or not to get these messages? Tell us in the next call or write to {{ contact }}.',
  sms: '{{ company }}: thank you for the call today.{% if summary %} {{ summary }}{% endif %} To change calls or messages, tell us in the next call.',
};

const de: Wording = {
  subject: 'Unser Gespräch heute',
  greeting: 'Guten Tag{% if name %} {{ name }}{% endif %},',
  thanks: 'vielen Dank für das Gespräch heute.',
  summary: 'Worüber wir gesprochen haben',
  changes:
    'Möchten Sie zu einer anderen Zeit angerufen werden oder diese Nachrichten nicht mehr erhalten? Sagen Sie es uns beim nächsten Anruf oder schreiben Sie an {{ contact }}.',
  sms: '{{ company }}: Danke für das Gespräch heute.{% if summary %} {{ summary }}{% endif %} Anrufe oder Nachrichten ändern: Sagen Sie es uns beim nächsten Anruf.',
};

const wordings: Record<string, Wording> = { en, de };

/** In the person's language, else in English. */
export const wordingOf = (locale: string): Wording => wordings[locale.slice(0, 2).toLowerCase()] ?? en;
