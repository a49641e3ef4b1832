/** The style of the components in use; each page's bundle holds the components it imports. */
import "vant/lib/index.css";
