import{e as n}from"./_plugin-vue_export-helper-C-BbeKZx.js";import{J as o}from"./settings-CCIKPsp3.js";function a(t){const e=o();e&&n(e.proxy,t)}export{a as u};
