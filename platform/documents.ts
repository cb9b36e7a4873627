import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';

const require = createRequire(import.meta.url);
/** One typeface with Latin, Greek and Cyrillic letters: names of people and services are not only English. */
const fonts = {
  plain: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
};

const MARGIN = 48;
const FOOTER_SIZE = 8;
const MUTED = '#5b6675';

export type Document = PDFKit.PDFDocument;

/** An A4 document whose fonts are `plain` and `bold`. */
export function createDocument(title: string, author: string): Document {
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    info: { Title: title, Author: author },
    font: fonts.plain,
  });
  document.registerFont('plain', fonts.plain);
  document.registerFont('bold', fonts.bold);
  return document.font('plain');
}

/** Writes the footer on every page, ends the document and returns its bytes. */
export async function finishDocument(document: Document, footer: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  const { start, count } = document.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    document.switchToPage(start + index);
    const { width, height } = document.page;
    // Below the margin a text would begin a page of its own.
    document.page.margins.bottom = 0;
    const line = { width: width - 2 * MARGIN, lineBreak: false };
    const y = height - MARGIN / 1.5;
    document.font('plain').fontSize(FOOTER_SIZE).fillColor(MUTED);
    document.text(footer, MARGIN, y, line);
    document.text(`${index + 1} / ${count}`, MARGIN, y, { ...line, align: 'right' });
  }
  document.end();
  return whole;
}

/** What a chain needs to write a document for people. */
export const documents = { create: createDocument, finish: finishDocument };

export type Documents = typeof documents;
