// The texts on the page whose contrast with what is behind them is too low: WCAG 2.1, 1.4.3 (AA),
// 4.5 to 1, or 3 to 1 for large letters. Colours behind a text are those of its nearest ancestor
// that has one; in a picture those of the shape beside it.
() => {
  const parse = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = ({ r, g, b }) =>
    0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const shape = each.closest("svg") && each.querySelector(":scope > rect");
      const colour = parse(
        shape ? getComputedStyle(shape).fill : getComputedStyle(each).backgroundColor,
      );
      if (colour.a === 1) return colour;
    }
    return { r: 255, g: 255, b: 255 };
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (!words || ["SCRIPT", "STYLE", "title"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const inPicture = element.closest("svg") !== null;
    const [a, b] = [parse(inPicture ? style.fill : style.color), behind(element)]
      .map(luminance)
      .sort((one, other) => other - one);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) poor.push(`${words}: ${ratio.toFixed(2)}`);
  }
  return poor;
}
