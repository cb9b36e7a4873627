/** What is said to the person, by language. */
export interface Words {
  title: string;
  intro(company: string, day: string): string;
  you: string;
  calls: string;
  appointments: string;
  dailyCalls: string;
  messages: string;
  nothing: string;
  rest: string;
  page: string;
  mailSubject(company: string): string;
  mailText(company: string, days: string): string[];
  button: string;
}

const en: Words = {
  title: 'What is kept of you',
  intro: (company, day) => `${company} · as of ${day}`,
  you: 'You',
  calls: 'Calls',
  appointments: 'Appointments',
  dailyCalls: 'Daily calls',
  messages: 'Messages to you',
  nothing: 'Nothing.',
  rest: 'All details are in data.json of the same file; recordings are beside it.',
  page: 'Copy of personal data',
  mailSubject: (company) => `Your data at ${company}`,
  mailText: (company, day) => [
    `${company} has packed a copy of everything that is kept of you.`,
    `It can be fetched once, until ${day}. You will be asked for a code; ${company} gives it to you.`,
  ],
  button: 'Fetch the copy',
};

const de: Words = {
  title: 'Was über Sie gespeichert ist',
  intro: (company, day) => `${company} · Stand ${day}`,
  you: 'Sie',
  calls: 'Anrufe',
  appointments: 'Termine',
  dailyCalls: 'Tägliche Anrufe',
  messages: 'Nachrichten an Sie',
  nothing: 'Nichts.',
  rest: 'Alle Einzelheiten stehen in data.json derselben Datei; Aufnahmen liegen daneben.',
  page: 'Kopie personenbezogener Daten',
  mailSubject: (company) => `Ihre Daten bei ${company}`,
  mailText: (company, day) => [
    `${company} hat eine Kopie von allem gepackt, was über Sie gespeichert ist.`,
    `Sie kann einmal abgeholt werden, bis zum ${day}. Sie werden nach einem Code gefragt; ${company} gibt ihn Ihnen.`,
  ],
  button: 'Kopie abholen',
};

/** The person's language, else English. */
export const wordsOf = (locale: string): Words => (locale.toLowerCase().startsWith('de') ? de : en);

export const dayOf = (at: Date, locale: string, timeZone: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(at);
