import{e as n}from"./_plugin-vue_export-helper-Du104XhJ.js";import{X as o}from"./settings-CoUFj_RA.js";function a(t){const e=o();e&&n(e.proxy,t)}export{a as u};
