import{s as o}from"./index-BEW6K3O-.js";import{w as t}from"./_plugin-vue_export-helper-C-BbeKZx.js";const a=t(o);export{a as C};
