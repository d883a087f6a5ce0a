// The page begins once everything that it loads is there, also the files of the interview's author.

import { beginWithThisScreen } from "./screen.js";

beginWithThisScreen();
