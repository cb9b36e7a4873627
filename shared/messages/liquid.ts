import { Liquid, type Template } from 'liquidjs';

/** Renders a Liquid text; each text is parsed once. Templates reach neither files nor prototypes. */
function engine(liquid: Liquid) {
  const parsed = new Map<string, Template[]>();
  return (text: string, values: object): Promise<string> => {
    const template = parsed.get(text) ?? liquid.parse(text);
    parsed.set(text, template);
    return liquid.render(template, values);
  };
}

/** HTML escapes whatever is inserted; plain text does not. */
export const renderHtml = engine(new Liquid({ outputEscape: 'escape', ownPropertyOnly: true }));
export const renderPlain = engine(new Liquid({ ownPropertyOnly: true }));
