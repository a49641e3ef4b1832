import{s as o}from"./index-XV7eIDwp.js";import{w as t}from"./_plugin-vue_export-helper-Du104XhJ.js";const a=t(o);export{a as C};
