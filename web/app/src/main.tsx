import { render } from "preact";
import { App } from "./app.tsx";
import { config, loadConfig } from "./config.ts";
import { connect } from "./service.ts";
import "./style.css";
import { LANGUAGES, startLanguage, texts } from "./texts/language.ts";

const page = document.getElementById("page");
if (page) start(page);

async function start(place: HTMLElement): Promise<void> {
  startLanguage(LANGUAGES);
  try {
    await loadConfig();
  } catch {
    const { failed, text } = texts().start;
    render(
      <main>
        <h1>{failed}</h1>
        <p role="alert">{text}</p>
      </main>,
      place,
    );
    return;
  }
  startLanguage(config.languages);
  connect(config.api);
  render(<App />, place);
}
