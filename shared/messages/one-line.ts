/** Text without line breaks and runs of spaces: what ends up in a header, a title or a greeting must not go on below it. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
