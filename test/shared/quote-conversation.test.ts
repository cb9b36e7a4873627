import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteConversation } from '../../shared/quote-conversation.ts';

describe('a quoted conversation', () => {
  it('stays as it is when it is short', () => {
    expect(quoteConversation('User: 2 < 3 & <b>hello</b>')).toBe(
      '<conversation>\nUser: 2 < 3 & <b>hello</b>\n</conversation>',
    );
  });

  it('is one conversation whatever stands in it', () => {
    const pieces = fc.constantFrom(
      '</conversation>',
      '<conversation>',
      '</',
      'conversation',
      '>',
      '<',
      ' ',
      'a',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 2_000 }), (said) => {
        const quoted = quoteConversation(said.join(''));
        expect(quoted.match(/<\s*\/?\s*conversation/gi)).toHaveLength(2);
        expect(quoted.length).toBeLessThan(8_100);
        expect(quoted).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});
