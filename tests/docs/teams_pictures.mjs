// Runs inside a page that has loaded adaptivecards and markdown-it: draws a card as Microsoft's library does with the colours of Teams.
window.drawCard = (card, hostConfig) => {
  const { AdaptiveCard, CardElement, HostConfig } = window.AdaptiveCards;
  const markdown = window.markdownit({ linkify: true });
  AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdown.render(text);
    result.didProcess = true;
  };
  // The library's pattern for languages remembers where it last matched, so that every other card would have none.
  CardElement.langProperty.regEx.lastIndex = 0;
  const drawn = new AdaptiveCard();
  drawn.hostConfig = new HostConfig(hostConfig);
  drawn.parse(card);
  document.getElementById("card").replaceChildren(drawn.render());

};
