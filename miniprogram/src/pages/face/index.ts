/** Where a face is asked for: says that it cannot be verified here yet, and where it can. */
import { NO_FACE_HERE } from "@/texts/home";
import { words } from "../../system";

Component({
  data: { text: words(NO_FACE_HERE) },
  lifetimes: {
    attached() {
      this.setData({ text: words(NO_FACE_HERE) });
    },
  },
});
