import { render } from "preact";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/pages.css";
import { resume } from "./api/client";
import { App } from "./app";

void resume();
render(<App />, document.getElementById("app")!);
